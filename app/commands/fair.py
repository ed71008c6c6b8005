"""`ragone fair`: how findable, accessible, interoperable and reusable would a crate be, and what is to be added?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text

from ragone.app.tables.answers import described_table
from ragone.app.terminal.session import FINE, Session
from ragone.dataset.exchange import Finding, Particulars, Standing, assess, select
from ragone.flows.exchange import crate_files

_WIDEST = 80  # characters of what shows that an indicator is met


def execute(session: Session) -> int:
    """Make the files of a crate, without writing it, and check each indicator in them."""
    given = session.arguments
    known = Particulars.read(given.author, given.licence, given.publisher, given.title)
    with session.lake() as lake, session.working("making the files of the crate"):
        found = assess(crate_files(select(lake, given.id), known))
    rows = [(one.id, str(one.standing), _shown(one)) for one in found]
    table = described_table(("indicator", "standing", "what shows it, or what to add"), rows)
    session.answer(found, Group(table, Text(), Text(_score(found))))
    return FINE


def _shown(one: Finding) -> str:
    text = one.advice or (one.evidence if len(one.evidence) <= _WIDEST else f"{one.evidence[:_WIDEST]}...")
    return f"{one.asks}: {text}"


def _score(found: Sequence[Finding]) -> str:
    met = sum(one.standing is Standing.MET for one in found)
    testable = sum(one.standing is not Standing.NEEDS_REPOSITORY for one in found)
    rest = len(found) - testable
    return f"{met} of {testable} indicators that files alone can meet; {rest} need a repository (docs/DEPOSIT.md)."
