"""Jobs: the functions that a Prefect server shows, runs and schedules as flows.

A job is declared beside its function, in one line. Its parameters are the function's own; a server sees them as plain
data (see `plain_values`), but for the progress and other callables, which stay in the process. Without a server the
function is called as it is, and Prefect is not imported.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

from ragone.dataset import Lake
from ragone.flows.running.plain_values import address_of, is_plain, plain_type, read_plain, to_plain
from ragone.flows.running.tracking import run_watched, server_address

P = ParamSpec("P")
R = TypeVar("R")

LAKE, PROGRESS = "lake", "progress"


@dataclass(frozen=True)
class Job:
    """A function under the name of its flow. The function takes an open lake first."""

    name: str
    function: Callable[..., Any]

    @property
    def title(self) -> str:
        """The first line of the function's documentation."""
        return (inspect.getdoc(self.function) or self.name).partition("\n")[0]

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """The types of the parameters that a server is given, by name; the lake is one of them."""
        hints = typing.get_type_hints(self.function)
        names = inspect.signature(self.function).parameters
        return {name: hints[name] for name in names if is_plain(hints[name])}

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The defaults of these parameters; those without one are left out."""
        parameters = inspect.signature(self.function).parameters
        return {n: parameters[n].default for n in self.hints if parameters[n].default is not inspect.Parameter.empty}

    @cached_property
    def signature(self) -> inspect.Signature:
        """The parameters that a server is given: keywords of plain types, with plain defaults."""
        kind, empty = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
        made = []
        for name, hint in self.hints.items():
            default = to_plain(self.defaults[name]) if name in self.defaults else empty
            made.append(inspect.Parameter(name, kind, default=default, annotation=plain_type(hint)))
        return inspect.Signature(made)

    def to_plain(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as a server sees them."""
        return {name: to_plain(value) for name, value in arguments.items() if name in self.hints}

    def run_plain(self, given: Mapping[str, Any], progress: Any) -> Any:
        """Call the function with arguments that a server gave; the lake is opened, or made, at its address.

        Raises
        ------
        StudyError
            If an argument cannot be read.
        """
        followed = {PROGRESS: progress} if PROGRESS in inspect.signature(self.function).parameters else {}
        with Lake.open(address_of(given[LAKE]), create=True) as lake:
            read = {n: read_plain(self.hints[n], value, n, lake) for n, value in given.items() if n != LAKE}
            return self.function(lake, **read, **followed)


JOBS: dict[str, Job] = {}


def job(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as the flow of that name."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        declared = JOBS[name] = Job(name, function)

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            server = server_address()
            if not server:
                return function(*args, **kwargs)
            bound = inspect.signature(function).bind(*args, **kwargs)
            bound.apply_defaults()
            plain = declared.to_plain(bound.arguments)
            return run_watched(name, declared.signature, plain, lambda: function(*args, **kwargs), server)

        return run

    return declare
