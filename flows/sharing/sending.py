"""Something leaves a lake: first what it is in words, and only after the owner's consent noise, signature and file.

What was spent is recorded before the file is written: if the machine stops in between, privacy was spent for nothing,
never unseen.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ragone.dataset import Lake
from ragone.flows.sharing.ledger import Ledger
from ragone.flows.sharing.owner_key import owner_key
from ragone.flows.sharing.policy import Policy
from ragone.flows.sharing.rounds import Round, label_of
from ragone.flows.sharing.sums import Sums, column_units, find_sums
from ragone.flows.surrogate.surrogate_files import stored_surrogate
from ragone.models.sharing.discrete_gaussian import with_noise
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.hyper_parameters import hyper_parameters_of
from ragone.models.sharing.masks import masked
from ragone.models.sharing.privacy import Privacy
from ragone.models.sharing.signed_document import fingerprint_of, public_key_of, signed, written
from ragone.models.sharing.words import words_of_hyper_parameters, words_of_round, words_of_sums
from ragone.schemas import Share, ShareDirection, ShareForm


@dataclass(frozen=True)
class Prepared:
    """Content, still without noise, that would leave, and sentences on it for the owner."""

    form: ShareForm
    target: str
    policy: Policy
    content: Mapping[str, Any]
    words: tuple[str, ...]
    sums: Sums | None = None
    together: Round | None = None
    privacy: Privacy | None = None
    design_ids: tuple[str, ...] = field(default=())


def prepare_hyper_parameters(lake: Lake, name: str, policy: Policy) -> Prepared:
    """Prepare the hyper-parameters of a surrogate, by its id or its target; raises as `hyper_parameters_of`."""
    policy.require(ShareForm.HYPER_PARAMETERS)
    record = stored_surrogate(lake, name)
    found = hyper_parameters_of(record)
    _require_columns(policy, column_units(lake) | {record.target: record.target_unit}, record.target, found)
    content = {"unit": record.target_unit, "definition": record.target_definition, **found}
    words = words_of_hyper_parameters(found, len(record.trained_on))
    return Prepared(ShareForm.HYPER_PARAMETERS, record.target, policy, content, tuple(words))


def prepare_sums(
    ledger: Ledger,
    target: str,
    form: ShareForm,
    policy: Policy,
    privacy: Privacy,
    together: Round | None = None,
    **chosen: Any,
) -> Prepared:
    """Prepare a private surrogate, or private statistics, maybe of several owners; `chosen` is what `find_sums` takes.

    Raises
    ------
    ShareError
        If the policy or its budget forbid it.
    """
    policy.require(form)
    if together is not None:
        policy.require(ShareForm.MASKED)
    sums = find_sums(ledger.lake, target, policy, histograms=form is ShareForm.STATISTICS, **chosen)
    if privacy.delta * len(sums.designs) >= 1:
        raise ShareError(
            f"delta = {privacy.delta:g} is no promise to {len(sums.designs)} designs: one of them may be told whole. "
            "Give --delta far below 1 over their number."
        )
    left = ledger.require_budget(policy, sums.designs, privacy)
    layout, whole = sums.layout, privacy.variance(sums.layout.sensitivity)
    variance = whole if together is None else together.noise(whole)
    words = [
        *(words_of_round(together.name, together.others, privacy, whole / variance) if together else ()),
        *words_of_sums(layout, privacy, len(sums.designs), math.sqrt(whole) / layout.sensitivity),
        f"The budget that is left of these designs afterwards: epsilon = {left[0]:g}, delta = {left[1]:g}.",
        *_bound_words(sums),
        *_licence_words(policy, sums.found.about),
    ]
    content = {
        "unit": layout.target.unit,
        "definition": sums.definition,
        "layout": layout.plain(),
        "privacy": privacy.plain(layout.sensitivity, variance),
    }
    if together is not None:
        content |= {"round": together.name, "sum_of": str(form)}
        form = ShareForm.MASKED
    return Prepared(form, target, policy, content, tuple(words), sums, together, privacy, sums.designs)


def send(ledger: Ledger, prepared: Prepared, output: Path) -> Share:
    """Draw the noise, sign, record what was spent, and write the file.

    The budget and the round are looked at again: another export may have left while the owner was asked.

    Raises
    ------
    ShareError
        If the file exists, or the budget or the round was used up meanwhile.
    """
    if output.exists():
        raise ShareError(f"{output} exists already. Name another file with --output.")
    output.parent.mkdir(parents=True, exist_ok=True)
    with ledger.alone():
        if prepared.privacy is not None:
            ledger.require_budget(prepared.policy, prepared.design_ids, prepared.privacy)
        if prepared.together is not None:
            ledger.require_new_round(prepared.together.name)
        share = _signed(prepared, ledger.key_path)
        ledger.lake.put(share, note=f"sent as {output.name}")
        if prepared.privacy is not None:
            ledger.add(share)
    _write(output, written(share.content))
    return share


def _signed(prepared: Prepared, key_path: Path) -> Share:
    """The record of what leaves, with the signed document, whose noise is drawn here."""
    key, made = owner_key(key_path), datetime.now(UTC).replace(microsecond=0)
    head: dict[str, Any] = {
        "form": str(prepared.form),
        "target": prepared.target,
        "owner": prepared.policy.owner,
        "licence": prepared.policy.licence,
        "made": made.isoformat(),
    }
    if prepared.together is not None:
        head["owners"] = prepared.together.owners(fingerprint_of(public_key_of(key)))
    content = {**head, **prepared.content}
    if prepared.sums is not None:
        numbers = with_noise(prepared.sums.numbers, prepared.content["privacy"]["variance"])
        if prepared.together is not None:
            numbers = masked(numbers, key, prepared.together.mask_keys, label_of(content))
        content["numbers"] = numbers
    return Share(
        direction=ShareDirection.SENT,
        form=prepared.form,
        target=prepared.target,
        owner=prepared.policy.owner,
        licence=prepared.policy.licence,
        fingerprint=fingerprint_of(public_key_of(key)),
        made=made,
        epsilon=None if prepared.privacy is None else prepared.privacy.epsilon,
        delta=None if prepared.privacy is None else prepared.privacy.delta,
        design_ids=prepared.design_ids,
        where=prepared.sums.found.where if prepared.sums else "",
        snapshot_id=prepared.sums.found.snapshot_id if prepared.sums else "",
        content=signed(content, key),
    )


def _require_columns(policy: Policy, units: Mapping[str, str], target: str, found: Mapping[str, Any]) -> None:
    """Raise `ShareError` unless the policy lets target, features and their options leave."""
    allowed = policy.features(units, (target, *(one["name"] for one in found["features"])))
    for one in found["features"]:
        hidden = [option for option in one.get("choices", ()) if option not in allowed[one["name"]].options]
        if hidden:
            raise ShareError(f"the policy does not allow {one['name']} = {hidden[0]} to leave. Add it to its options.")


def _bound_words(sums: Sums) -> list[str]:
    if not sums.bounds_of_data:
        return []
    named = ", ".join(sums.bounds_of_data)
    return [f"Look again at the bounds of {named}: they are extreme values of your data, and the file says them."]


def _licence_words(policy: Policy, about: Mapping[str, Any]) -> list[str]:
    others = [one for one in about.get("licences", ()) if one not in (policy.licence, "own")]
    if not others:
        return []
    return [f"The data came under {', '.join(others)}: see that you may give this under {policy.licence}."]


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
