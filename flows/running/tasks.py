"""Kinds of step: the name under which a Prefect server shows a function that is submitted to an executor.

One function may do several steps in one go, as a worker does them best. Under a server these are task runs of their
own: the earlier parts are submitted first, and the function itself then finds in the lake what they stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class TaskKind:
    """The name of a kind of step, and the function, with the same arguments, whose step comes before it, if any.

    What that gives has an `error`; the step is not taken if it says something.
    """

    name: str
    first: Callable[..., Any] | None = None


_KINDS: dict[Callable[..., Any], TaskKind] = {}


def task(name: str, first: Callable[..., Any] | None = None) -> Callable[[Function], Function]:
    """Declare which kind of step a function is: suggest, draw, characterise, simulate, extract or conclude."""

    def declare(function: Function) -> Function:
        _KINDS[function] = TaskKind(name, first)
        return function

    return declare


def kind_of(function: Callable[..., Any]) -> TaskKind:
    """The kind that was declared; a function of which none was is called by its own name."""
    return _KINDS.get(function) or TaskKind(getattr(function, "__name__", "task"))
