"""How long until `ragone --help` has answered, beside Python doing nothing?"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measure import Line, in_turns, seconds

_GOAL_SECOND = 0.3


def lines() -> list[Line]:
    """Median of several starts, in turns."""
    taken = in_turns(
        {"help": lambda: _start("-m", "ragone.app.main", "--help"), "nothing": lambda: _start("-c", "pass")}, 11
    )
    more = taken["help"] - taken["nothing"]
    goal = f"<= {_GOAL_SECOND:g} s more"
    return [
        Line(
            "ragone --help",
            seconds(taken["help"]),
            f"{seconds(taken['nothing'])} python -c pass",
            f"+{seconds(more)}",
            goal,
            more <= _GOAL_SECOND,
        )
    ]


def _start(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
