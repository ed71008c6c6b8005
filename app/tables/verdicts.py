"""The verdict of a reproduction as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.app.terminal.printable import one_line
from ragone.schemas import Verdict, Verification

GOOD = (Verdict.BITWISE, Verdict.WITHIN, Verdict.GIVEN)


def verdict_text(found: Verification) -> str:
    """The verdict, with what deviates and what changed since."""
    lines = [f"{found.verdict}: {found.subject_id}"]
    lines += [f"  {_deviation(item)}" for item in found.deviations]
    if found.deep:
        lines += [f"  step {number + 1}: {_step(item)}" for number, item in enumerate(found.chain)]
    if found.code_changed:
        lines.append(f"  code changed since: {', '.join(found.code_changed)}")
    if found.environment_changed:
        lines.append(f"  environment changed since: {', '.join(found.environment_changed)}")
    if found.error:
        lines.append(f"  {found.error}")
    return "\n".join(map(one_line, lines))


def _deviation(item: Mapping[str, Any]) -> str:
    return f"{item['note']} ({'within' if item['within'] else 'beyond'} tolerance)"


def _step(item: Mapping[str, Any]) -> str:
    return "  ".join(str(value) for value in item.values())
