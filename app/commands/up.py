"""`ragone up`: a Prefect server and a worker on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from ragone.app.terminal.session import FINE, Session
from ragone.flows.running.local_server import LocalServer, default_folder


def execute(session: Session) -> int:
    """Start both, say where they are, and keep them running."""
    given = session.arguments
    server = LocalServer(
        Path(given.folder) if given.folder else default_folder(),
        port=given.port,
        database=given.database,
        at_once=given.at_once,
        resumed_at_most=given.resume_at_most,
    )
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell has what it starts in the background ignore Ctrl-C
        signal.signal(number, _interrupt)
    try:
        with ExitStack() as stack:
            with session.working("starting the Prefect server"):
                stack.enter_context(server.running())
            session.answer(
                {"address": server.address, "api": server.api, "folder": server.folder},
                f"Prefect    {server.address}\nfiles      {server.folder}",
            )
            session.advise(
                f"\nIn another terminal:\n  export PREFECT_API_URL={server.api}\n"
                f"  export PREFECT_API_AUTH_STRING=$(cat {server.folder / 'password'})\n  ragone deploy params.yaml\n"
                "The page asks for that password once.\n"
                "Ctrl-C stops the server and its runs; they go on when it is started again."
            )
            session.out.file.flush()
            server.keep_running()
    except KeyboardInterrupt:
        session.advise("Stopped.")
    return FINE


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
