"""`ragone share key`: the owner's key, made if there is none, by its fingerprint."""

from __future__ import annotations

from pathlib import Path

from ragone.app.terminal.session import FINE, Session
from ragone.dataset.exchange.people import read_person
from ragone.flows.sharing.owner_key import default_key_path, owner_key
from ragone.flows.sharing.rounds import key_document
from ragone.models.sharing.signed_document import fingerprint_of, public_key_of, written


def execute(session: Session) -> int:
    """Show the fingerprint, which the owner tells to receivers, and the public key."""
    path = Path(session.arguments.key) if session.arguments.key else default_key_path()
    public_key = public_key_of(owner_key(path))
    data = {"file": str(path), "fingerprint": fingerprint_of(public_key), "public_key": public_key}
    if session.arguments.output:
        read_person(session.arguments.owner)
        Path(session.arguments.output).write_bytes(written(key_document(session.arguments.owner, path)))
    session.answer(data, f"fingerprint {data['fingerprint']}\npublic key  {public_key}\nkept in     {path}")
    return FINE
