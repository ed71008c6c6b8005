"""Formulas of BPX files, read by a grammar of our own: what a stranger wrote is never compiled or run as code.

    sum      product ((+ | -) product)*
    product  signed ((* | /) signed)*
    signed   (+ | -)* power
    power    atom (** signed)?            as in Python: -x**2 is -(x**2), and 2**3**2 is 2**(3**2)
    atom     number | x | name(sum) | (sum)                           name: cosh, exp or tanh

A formula is limited in length and depth, since what reads it next walks it as a tree: PyBaMM gives up at some 250
levels, and a sum of n terms has n. It is computed in floating point throughout, so that no whole number grows without
end; a constant part that overflows is refused.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.schemas.errors import RagoneError

FUNCTIONS = ("cosh", "exp", "tanh")
LONGEST, MOST_TOKENS, DEEPEST, MOST_NESTED = 20_000, 2_000, 150, 100

_TOKEN = re.compile(r"[ \t]*((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\*\*|[-+*/()])", re.ASCII)
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_SIGN_RANK = 3
_UNARY = {"+": "positive", "-": "negative"}
_OPERATIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "+": (2, operator.add),
    "-": (2, operator.sub),
    "*": (2, operator.mul),
    "/": (2, operator.truediv),
    "**": (2, operator.pow),
    "positive": (1, operator.pos),
    "negative": (1, operator.neg),
}


class FormulaError(RagoneError, ValueError):
    """A text is no formula of x that is read; its message is a reason without a full stop."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A function of x in postfix order: numbers, "x", and names of operations and functions."""

    steps: tuple[float | str, ...]

    def of(self, x: Any, functions: Mapping[str, Callable[[Any], Any]]) -> Any:
        """The value at x, a number, array or symbol; `functions` gives those named in `FUNCTIONS`."""
        stack: list[Any] = []
        for step in self.steps:
            if isinstance(step, float):
                stack.append(step)
            elif step == "x":
                stack.append(x)
            else:
                count, operation = _OPERATIONS[step] if step in _OPERATIONS else (1, functions[step])
                stack[-count:] = [operation(*stack[-count:])]
        return stack.pop()

    def at(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at x, shape (n,); not finite where there is none."""
        with np.errstate(all="ignore"):
            found = self.of(x, {name: getattr(np, name) for name in FUNCTIONS})
        return np.broadcast_to(np.asarray(found, np.float64), x.shape)


def read_formula(text: str) -> Formula:
    """Read a formula of x.

    Raises
    ------
    FormulaError
        If it is none of the grammar, longer or deeper than what is read, or has a constant part that is no finite
        number.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"it has {len(text):,} characters, of {LONGEST:,} at most")
    reader = _Reader(_tokens(text))
    reader.expression(0)
    if reader.next:
        raise FormulaError(f"an operator is missing {_where(reader.next)}")
    return Formula(tuple(reader.steps))


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    place, end = 0, len(text.rstrip(" \t"))
    while place < end:
        found = _TOKEN.match(text, place)
        if not found:
            raise FormulaError(f"{text[place:].lstrip()[:20]!r} is not understood")
        if len(tokens) == MOST_TOKENS:
            raise FormulaError(f"it has more than {MOST_TOKENS:,} numbers, names and signs")
        tokens.append(found[1])
        place = found.end()
    return tokens


class _Reader:
    """Writes the steps of a formula; what reads a part returns how many levels it has, 0 of a constant."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*reversed(tokens)]
        self._nested = 0
        self.steps: list[float | str] = []

    @property
    def next(self) -> str:
        """The token to come; empty at the end."""
        return self._tokens[-1] if self._tokens else ""

    def expression(self, rank: int) -> int:
        """Read on while operators bind more tightly than `rank`."""
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise FormulaError(f"its parts are nested more than {MOST_NESTED} deep")
        begin, levels = len(self.steps), self._operand()
        while _RANK.get(self.next, 0) > rank:
            sign = self._tokens.pop()
            right = self.expression(_SIGN_RANK if sign == "**" else _RANK[sign])
            levels = self._write(sign, begin, max(levels, right))
        self._nested -= 1
        return levels

    def _operand(self) -> int:
        begin, token = len(self.steps), self.next
        if not token or token in {*_RANK, ")"} - {*_UNARY}:
            raise FormulaError(f"a value is missing {_where(token)}")
        self._tokens.pop()
        if token in _UNARY:
            return self._write(_UNARY[token], begin, self.expression(_SIGN_RANK))
        if token == "(":
            return self._inside()
        if token in FUNCTIONS:
            if self.next != "(":
                raise FormulaError(f"an opening parenthesis is missing after {token!r}")
            self._tokens.pop()
            return self._write(token, begin, self._inside())
        self.steps.append(token if token == "x" else _number(token))
        return int(token == "x")

    def _inside(self) -> int:
        levels = self.expression(0)
        if self.next != ")":
            raise FormulaError(f"a closing parenthesis is missing {_where(self.next)}")
        self._tokens.pop()
        return levels

    def _write(self, step: str, begin: int, levels: int) -> int:
        """Write an operation on what stands since `begin`; of constants their result."""
        if levels == DEEPEST:
            raise FormulaError(f"it has more than {DEEPEST} levels; a sum has one for each term")
        self.steps.append(step)
        if levels:
            return levels + 1
        self.steps[begin:] = [_constant(Formula(tuple(self.steps[begin:])), step)]
        return 0


def _number(token: str) -> float:
    if token[0].isalpha() or token[0] == "_":
        raise FormulaError(f"{token[:40]!r} is not known")
    return _constant(Formula((float(token),)), token[:40])


def _constant(formula: Formula, what: str) -> float:
    try:
        value = formula.of(math.nan, {name: getattr(math, name) for name in FUNCTIONS})
    except ArithmeticError:
        value = math.inf
    if isinstance(value, complex) or not math.isfinite(value):
        raise FormulaError(f"a constant part is no finite number, at {what!r}")
    return float(value)


def _where(token: str) -> str:
    return f"before {token[:40]!r}" if token else "at its end"
