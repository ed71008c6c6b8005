"""`ragone share sum`: the masked files of all owners, added up into one that can be imported."""

from __future__ import annotations

from pathlib import Path

from ragone.app.terminal.session import FINE, Session
from ragone.flows.sharing.owner_key import default_key_path
from ragone.flows.sharing.rounds import add_up
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.signed_document import written


def execute(session: Session) -> int:
    """Add them up, and write the sum."""
    given = session.arguments
    key, output = Path(given.key) if given.key else default_key_path(), Path(given.output)
    document = add_up([Path(one) for one in given.files], key)
    if output.exists():
        raise ShareError(f"{output} exists already. Name another file with --output.")
    output.write_bytes(written(document))
    data = {"file": given.output, "form": document["form"], "target": document["target"], "owners": document["owners"]}
    session.answer(data, f"written to {output}, for: ragone share import {output}")
    return FINE
