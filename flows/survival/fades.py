"""The cells of a lake with their fades: of each the one that goes farthest, and the design that it is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.dataset.lineage import Lineage
from ragone.dataset.select import where_clause
from ragone.flows.errors import AllocationError
from ragone.schemas import CapacityFade

_USUAL = ("candidate", "recipe", "name")
_PROTOCOL, _NAME = "protocol", "name"
_SAME_CELL = "cell_parameters"
_NUMBER = re.compile(r"[\s_#.-]*\d+$")


@dataclass(frozen=True)
class FadesOfDesigns:
    """Ids of fades, one of each cell, and the name of each one's design."""

    fade_ids: tuple[str, ...]
    designs: tuple[str, ...]


@dataclass(frozen=True)
class _Subject:
    """A fade, and what it was made of."""

    fade: CapacityFade
    lineage: Lineage

    def behind(self, kind: str) -> str:
        """The nearest record of a kind that it was made of; empty if there is none."""
        return next((name for name in self.lineage.ancestors if name.startswith(f"{kind}-")), "")

    def design(self, by: str) -> str:
        """Name of its design; empty if that is not known."""
        if by == _NAME:
            return _NUMBER.sub("", self.fade.cell_name) or self.fade.cell_name
        return "; ".join(self.fade.protocol) if by == _PROTOCOL else self.behind(by)

    @property
    def cell(self) -> tuple[object, ...]:
        """The key that tells its cell from others."""
        own = self.behind(_SAME_CELL) or self.fade.cell_name
        return own, self.fade.protocol, self.fade.ambient_temperature_kelvin


def find_fades(lake: Lake, ids: Sequence[str], *, by: str = "", where: str = "", at: str = "") -> FadesOfDesigns:
    """Find the fades of a lake, and of which designs they are.

    Parameters
    ----------
    lake
        Where the fades are.
    ids
        Of the fades, one of each cell; if empty, those that a query finds, of each cell the one that goes farthest.
    by
        What cells of one design have in common: a kind of record that they were made of, ``protocol``, or ``name``,
        which is the cell's without a number at its end; if empty, candidate, recipe or name, the first that all have.
    where, at
        A condition on the table of the fades, and the snapshot that is queried; nothing and the present if empty.

    Raises
    ------
    AllocationError
        If there are no fades, or a design is not known.
    """
    names = ids or _found(lake, where, at)
    subjects = [_Subject(lake.get(name, CapacityFade), lake.lineage(name)) for name in names]
    chosen = subjects if ids else list(_farthest(subjects))
    if not chosen:
        raise AllocationError(
            "no capacity fade that begins with a cell's first cycle fits. Age cells or import their cycling first, or "
            "change --where."
        )
    by = by or next(one for one in _USUAL if all(subject.design(one) for subject in chosen))
    unknown = [subject for subject in chosen if not subject.design(by)]
    if unknown:
        raise AllocationError(
            f"{unknown[0].fade.id}, of {unknown[0].fade.cell_name!r}, was made of no {by!r}, so that its design is not "
            "known. Choose --by name, --by protocol or a kind of record that all were made of."
        )
    return FadesOfDesigns(tuple(subject.fade.id for subject in chosen), tuple(subject.design(by) for subject in chosen))


def _found(lake: Lake, where: str, at: str) -> list[str]:
    frame = lake.sql(
        f"SELECT id FROM capacity_fades{where_clause(where)} ORDER BY id", at=lake.resolve(at) if at else None
    )
    return [str(name) for name in frame["id"].to_list()]


def _farthest(subjects: Sequence[_Subject]) -> Iterator[_Subject]:
    """The fade of each cell that begins with its first cycle and goes farthest."""
    best: dict[tuple[object, ...], _Subject] = {}
    for subject in subjects:
        counts = subject.fade.cycle_count
        if len(counts) and counts[0] == 1:
            held = best.get(subject.cell)
            if held is None or held.fade.cycle_count[-1] < counts[-1]:
                best[subject.cell] = subject
    yield from best.values()
