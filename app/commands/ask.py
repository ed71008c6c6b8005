"""`ragone ask`: the next candidates of a study, kept as pending, as a table that a laboratory fills in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from ragone.app.tables.campaigns import described
from ragone.app.terminal.session import FINE, FoundError, Session
from ragone.flows import CampaignError, Study
from ragone.flows.design.laboratory import Asked, ask
from ragone.flows.design.reports import write_csv, write_json
from ragone.schemas import Candidate, RagoneError


class CountError(RagoneError, ValueError):
    """So many candidates cannot be suggested."""


def execute(session: Session) -> int:
    """Suggest candidates, store them, and write all that are pending."""
    given = session.arguments
    study = Study.load(given.params, given.changes)
    if given.count is not None and not 0 <= given.count <= 1000:
        raise CountError(f"--count {given.count} must be 0 to 1000. Give the number of new candidates.")
    writes = None if given.output is None else _writer(Path(given.output))
    with session.lake(create=True) as lake, session.working("suggesting"):
        try:
            found = ask(lake, study, given.count, given.after)
        except CampaignError as cause:
            raise FoundError(str(cause)) from cause
    if writes is not None:
        Path(given.output).write_text(writes(study, found.pending), encoding="utf-8", newline="\n")
    session.answer(_data(study, found), _text(found))
    if given.output:
        session.advise(f"Fill in {given.output}, then: ragone tell {given.output} {given.params}{session.again()}")
    return FINE


def _writer(path: Path) -> Callable[[Study, Sequence[Candidate]], str]:
    """The function that writes a file of that ending."""
    if path.suffix.lower() == ".csv":
        return write_csv
    if path.suffix.lower() == ".json":
        return lambda study, pending: json.dumps(write_json(study, pending), indent=2) + "\n"
    raise CountError(f"the ending of {path} names no format. Name a file that ends in .csv or .json.")


def _data(study: Study, found: Asked) -> dict[str, object]:
    new = {candidate.id for candidate in found.new}
    return {
        "history_id": found.history.id if found.history else "",
        "new": sorted(new),
        "pending": write_json(study, found.pending),
    }


def _text(found: Asked) -> str:
    new = {candidate.id for candidate in found.new}
    lines = [f"{'new    ' if one.id in new else 'pending'}  {one.id[:22]}  {described(one)}" for one in found.pending]
    return "\n".join(
        [*(lines or ["no candidate is pending"]), f"history  {found.history.id if found.history else '-'}"]
    )
