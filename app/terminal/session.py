"""One invocation of the command line: where its lake is, how it answers, and what it says when something is wrong.

No traceback reaches the terminal. What Ragone refuses is explained in a block; an unforeseen error is named in a line,
with the file that holds the trace.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ragone.app.tables.answers import plain
from ragone.app.terminal.console import GuardedConsole
from ragone.app.terminal.printable import Guarded, one_line, printable
from ragone.app.terminal.waiting import Waiting
from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.dataset.limits import left_running
from ragone.extensions import problems
from ragone.schemas import RagoneError

FINE, FOUND, REFUSED, STOPPED = 0, 1, 2, 130


class FoundError(RagoneError):
    """A command was understood and executed, and its answer is bad news."""


class Session:
    """All that a command needs to know and to answer."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.place: str = arguments.lake or os.environ.get("RAGONE_LAKE") or "lake"
        plain_text: Any = {"highlight": False, "markup": False, "emoji": False, "soft_wrap": True}
        self.out = GuardedConsole(file=sys.stdout, **plain_text)
        self.notes = GuardedConsole(file=sys.stderr, quiet=arguments.quiet, **plain_text)

    def lake(self, *, create: bool = False, mend: bool = False) -> Lake:
        """Open the lake of this session, index what a crash left unindexed, and report what could not be read."""
        with self.working("opening the lake"):
            lake = Lake.open(self.place, create=create, mend=mend)
        if lake.passed_over:
            count = len(lake.passed_over)
            self.advise(f"{count} files of {self.place} cannot be read and are passed over; see: ragone fsck")
        unknown = lake.unknown_kinds()
        if unknown:
            named = [f"{kind} (used by {', '.join(users)})" if users else kind for kind, users in unknown.items()]
            self.advise(f"no installed package knows these kinds of record of {self.place}: {', '.join(named)}")
        return lake

    def answer(self, data: Any, shown: RenderableType) -> None:
        """Answer: the data if JSON was asked for, else what is meant for the eye."""
        if self.arguments.json:
            sys.stdout.write(json.dumps(plain(data), indent=2, allow_nan=False) + "\n")
        else:
            self.out.print(Text(printable(shown)) if isinstance(shown, str) else shown)

    def advise(self, text: str) -> None:
        """Say something that may be left out."""
        if not self.arguments.json:
            self.notes.print(Text(printable(text)))

    @property
    def silent(self) -> bool:
        """Whether progress is unwanted."""
        return bool(self.arguments.quiet or self.arguments.json)

    def working(self, text: str, expected: Sequence[float] = ()) -> Waiting:
        """Show what is running, for how long, and how long it should take [s] if that is known."""
        return Waiting(self.notes, hidden=self.silent, expected=expected, doing=text, whole=True)

    def again(self) -> str:
        """The command that opens the same lake, as a prefix of what to try next."""
        return "" if self.place == "lake" else f" --lake {shlex.quote(self.place)}"


def module_of(command: str) -> str:
    """Return the module of a command, for example ``ragone.app.commands.generator.train`` of ``generator train``."""
    words = ["bring_in" if word == "import" else word.replace("-", "_") for word in command.split()]  # Python's import
    return f"ragone.app.commands.{'.'.join(words)}"


def conduct(arguments: argparse.Namespace) -> int:
    """Execute a command and turn whatever happens into an exit code.

    Whatever is written meanwhile, also by libraries that warn or log, goes through a guard; the console has its own.
    """
    session = Session(arguments)
    guards: Any = Guarded(sys.stdout), Guarded(sys.stderr)
    with redirect_stdout(guards[0]), redirect_stderr(guards[1]):
        code = _conducted(session)
        for problem in problems():
            session.advise(problem)
    if left_running():  # a call that nothing can interrupt must not outlive its command
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _conducted(session: Session) -> int:
    arguments = session.arguments
    try:
        module = importlib.import_module(module_of(arguments.command))
        return int(module.execute(session))
    except KeyboardInterrupt:
        return _stopped(session)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except (StageFailedError, FoundError) as found:
        return _refused(session, found, FOUND)
    except RagoneError as refused:
        return _refused(session, refused, REFUSED)
    except OSError as refused:
        about = f" ({refused.filename})" if refused.filename else ""
        advice = (
            "Make the folder first, or name another." if isinstance(refused, FileNotFoundError) else "Name another."
        )
        return _refused(session, RagoneError(f"{refused.strerror or refused}{about}. {advice}"), REFUSED)
    except Exception as unexpected:  # noqa: BLE001 - the last resort: no traceback on the terminal
        return _unforeseen(session, unexpected)


def _refused(session: Session, refused: Exception, code: int) -> int:
    text = " ".join(str(refused.args[-1] if isinstance(refused, OSError) and refused.args else refused).split())
    _complain(session, type(refused).__name__, text)
    return code


def _unforeseen(session: Session, unexpected: Exception) -> int:
    log = _log(unexpected)
    kind = type(unexpected).__name__
    _complain(session, kind, f"something unforeseen happened ({kind}: {unexpected}). The trace is in {log}.")
    return FOUND


def _complain(session: Session, kind: str, text: str) -> None:
    sys.stdout.flush()
    print(f"ragone: {one_line(text)}", file=sys.stderr)
    if session.arguments.json:
        sys.stdout.write(json.dumps({"error": {"type": kind, "message": text}}) + "\n")


def _stopped(session: Session) -> int:
    words = shlex.join(["ragone", *sys.argv[1:]])
    print(f"\nStopped. What was finished is kept in {session.place}; go on with:\n  {words}", file=sys.stderr)
    return STOPPED


def _log(unexpected: Exception) -> Path:
    """Write the trace where the user may write; the file's name tells the time."""
    state = Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "ragone"
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}-{os.getpid()}.log"
    trace = "".join(traceback.format_exception(unexpected))
    for folder in (state, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(trace, encoding="utf-8")
            return folder / name
        except OSError:
            continue
    return Path(os.devnull)
