"""What an owner allows to leave: forms, columns with bounds that no data decide, a budget of privacy, a licence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragone.dataset.exchange.people import read_person
from ragone.dataset.exchange.terms import terms_of
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section, read_yaml
from ragone.models.sharing.errors import ShareError
from ragone.models.surrogate.features import Feature
from ragone.schemas import ShareForm
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.field import Bounds
from ragone.schemas.unit_names import short_name

_KEYS = ("owner", "licence", "allow", "budget", "columns")
_ANY = Bounds()


@dataclass(frozen=True)
class Policy:
    """The policy of an owner.

    `epsilon` and `delta` are the budget of each design, over all that ever leaves the lake; `columns` are as they stand
    in the file, since their units depend on the lake.
    """

    owner: str
    licence: str
    allow: frozenset[ShareForm]
    epsilon: float
    delta: float
    columns: Section

    def require(self, form: ShareForm) -> None:
        """Raise `ShareError` unless the form is allowed."""
        if form not in self.allow:
            allowed = ", ".join(sorted(self.allow)) or "nothing"
            raise ShareError(f"the policy allows {allowed}, not {form}. Whoever owns the data may add it to `allow`.")

    def features(self, units: Mapping[str, str], asked: Collection[str] = ()) -> dict[str, Feature]:
        """The columns of the policy that a lake has, by their full names, with their bounds.

        Parameters
        ----------
        units
            Unit of every column of the lake's evaluations.
        asked
            Columns, with or without their unit; all of the policy if none.

        Raises
        ------
        ShareError, StudyError
            If one that is asked for is not in the policy, or a column or its bounds make no sense.
        """
        full = {short: name for name in units for short in (short_name(name), name)}
        stated = {full.get(name, name): name for name in self.columns}
        if len(stated) < len(list(self.columns)):
            twice = next(name for name in self.columns if stated[full.get(name, name)] != name)
            raise ShareError(
                f"columns.{twice} and columns.{stated[full[twice]]} are one column. State its bounds once."
            )
        unknown = next((name for name in self.columns if name not in full), None)
        if unknown is not None:
            raise ShareError(f"columns.{unknown} is no column of the evaluations: {did_you_mean(unknown, full)}")
        chosen = [full.get(name, name) for name in asked] or list(stated)
        for name in chosen:
            if name not in stated:
                raise ShareError(f"the policy does not allow the column {name} to leave. State its bounds there.")
        return {name: _feature(self.columns, stated[name], name, units[name]) for name in chosen}


def read_policy(path: str | Path) -> Policy:
    """The policy of a file.

    Raises
    ------
    ShareError, StudyError
        If it cannot be read, a key is not known or missing, or a value cannot be used.
    """
    root = Section(read_yaml(path), "", ("share",)).section("share", _KEYS)
    try:
        read_person(root.text("owner"))
        licence = terms_of(root.text("licence"))
        if licence is None:
            raise ShareError(f"licence {root.text('licence')!r} is not listed. Give another, such as CC-BY-4.0.")
        budget = root.section("budget", ("epsilon", "delta"), {"epsilon": 0, "delta": 0})
        return Policy(
            root.text("owner"),
            licence.id,
            frozenset(_forms(root)),
            budget.quantity("epsilon", "1", Bounds(low=0)),
            budget.quantity("delta", "1", Bounds(low=0, high=1)),
            root.section("columns", None, {}),
        )
    except (ShareError, StudyError):
        raise
    except RagoneError as cause:
        raise ShareError(f"{path}: {cause}") from cause


def _forms(root: Section) -> list[ShareForm]:
    given, known = root.raw("allow"), [str(one) for one in ShareForm]
    if not isinstance(given, list) or any(one not in known for one in given):
        raise ShareError(f"allow = {given!r} must be a list of some of: {', '.join(known)}. Change it.")
    return [ShareForm(one) for one in given]


def _feature(columns: Section, key: str, name: str, unit: str) -> Feature:
    given = columns.section(key, ("low", "high", "options"))
    if given.has("options"):
        options: Any = given.raw("options")
        if not isinstance(options, list) or len(options) < 2 or len({*map(str, options)}) < len(options):
            raise ShareError(f"{given.at('options')} must be a list of two different options or more. Change it.")
        return Feature(name, unit, options=tuple(options))
    return Feature(name, unit, given.quantity("low", unit, _ANY), given.quantity("high", unit, _ANY))
