"""`ragone export`: one result or one study as a crate that other people's tools read and verify."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from ragone.app.terminal.counting import counting
from ragone.app.terminal.session import FINE, Session
from ragone.dataset.exchange import Particulars, about_crate, export
from ragone.flows.exchange import crate_files


def execute(session: Session) -> int:
    """Write the crate and print its root."""
    given = session.arguments
    known = Particulars.read(given.author, given.licence, given.publisher, given.title)
    about, files = partial(about_crate, particulars=known), partial(crate_files, particulars=known)
    with session.lake() as lake, counting(session, "exporting") as watcher:
        done = export(lake, given.id, given.destination, about=about, renderers=[files], watcher=watcher)
    lines = [
        f"{done.root_id} is exported to {given.destination}: {done.artifacts} records and {done.runs} runs.",
        f"root {done.root}",
        "Publish the root apart from the crate: whoever imports it with --expect ROOT knows that it is this one.",
    ]
    session.answer({**asdict(done), "destination": given.destination}, "\n".join(lines))
    return FINE
