"""From a protocol as it is written to its steps in a row, each with its cycle.

A line is a step, or several steps joined by ``;``, which are a cycle; ``repeat 3: ...`` makes it three cycles. Steps
on lines of their own that follow each other are one cycle together. (PyBaMM counts every step outside of a tuple as a
cycle; here a charge and the discharge after it belong to one, as on a cycler.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragone.pipelines.cell.protocols.grammar import Action, ProtocolError, Step, read_step, refusal

MOST_STEPS = 5000  # each keeps some 1.6 MB of its solution until all are done
_REPEAT = re.compile(r"\s*repeat\s+(\d{1,6})\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and the cycle that it is of, from 1."""

    step: Step
    cycle: int


def expand(protocol: Sequence[str]) -> tuple[Planned, ...]:
    """Every step in the order in which it is done.

    Raises
    ------
    ProtocolError
        If a step is not understood, the protocol is empty, or it has more than `MOST_STEPS` steps.
    """
    planned: list[Planned] = []
    cycle, alone = 0, False
    for line in protocol:
        number = len(planned) + 1
        rounds, texts = _cycle(line, number)
        steps = [read_step(text, number + offset) for offset, text in enumerate(texts)]
        if len(planned) + rounds * len(steps) > MOST_STEPS:
            raise refusal(number, line, f"the protocol would have more than {MOST_STEPS} steps; split it")
        single = rounds == 1 and len(steps) == 1 and not _REPEAT.fullmatch(line)
        for _ in range(rounds):
            cycle += 0 if single and alone else 1
            planned += [Planned(step, cycle) for step in steps]
        alone = single
    if not planned:
        raise ProtocolError("the protocol has no steps. Give at least one, for example 'Discharge at 1C until 2.5 V'.")
    return tuple(planned)


def follows_profile(protocol: Sequence[str]) -> bool:
    """Whether a step of it follows a measured profile."""
    return any(one.step.action is Action.PROFILE for one in expand(protocol))


def _cycle(line: str, number: int) -> tuple[int, list[str]]:
    """The number of repeats, and the texts of the steps."""
    found = _REPEAT.fullmatch(line)
    rounds, body = (int(found[1]), found[2]) if found else (1, line)
    if rounds < 1:
        raise refusal(number, line, "it is repeated 0 times; repeat it at least once, or leave it out")
    return rounds, body.rstrip("; \n").split(";")
