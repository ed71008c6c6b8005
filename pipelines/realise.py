"""From what an optimiser proposes to the records that it stands for: a recipe, a cell design, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.schemas import Candidate, Record, stage
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.kinds import KINDS


@stage("study.realise")
def realise(candidate: Candidate, *, records: dict[str, Any]) -> Mapping[str, Record]:
    """The records of a candidate, by role.

    Parameters
    ----------
    candidate
        Its paths begin with the role of a record, or of something else that is not looked at.
    records
        Role to the kind of the record and the fields that the candidate leaves open:
        ``{"recipe": {"kind": "recipe", "fields": {"binder_adhesion": 0.5}}}``.

    Returns
    -------
    Mapping
        Role -> record; the candidate's values prevail.

    Raises
    ------
    UnknownFieldError, MissingFieldError, BoundsError
        If a kind or field is not known, or a value missing or out of its bounds.
    """
    return {role: _built(candidate, role, wanted["kind"], wanted["fields"]) for role, wanted in records.items()}


def _built(candidate: Candidate, role: str, kind: str, fields: Mapping[str, Any]) -> Record:
    if kind not in KINDS:
        raise UnknownFieldError(f"{role}: there is no kind of record {kind!r}: {did_you_mean(kind, KINDS)}")
    paths = {path.partition("."): value for path, value in candidate.values.items()}
    proposed = {name: value for (of, _, name), value in paths.items() if of == role}
    return KINDS[kind].build({**fields, **proposed})
