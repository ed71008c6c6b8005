"""A stage: a pure function from records and parameters to records.

Positional parameters are its input records, keyword-only ones its parameters; an integer keyword-only parameter
called `seed` is the seed. A stage can be called like the function it wraps; recorded in a lake it is called through
`Lake.run`. It must depend on nothing but its arguments.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Generic, ParamSpec, TypeVar

import rfc8785

from ragone.schemas.docstrings import documented
from ragone.schemas.errors import MissingFieldError, StageError, UnknownFieldError, did_you_mean
from ragone.schemas.parameter import REQUIRED, Parameter, named, parameter_of_hint
from ragone.schemas.record import Record

P = ParamSpec("P")
R = TypeVar("R", bound=Record | Mapping[str, Record])

SEED = "seed"
RESULT = "result"


@dataclass(frozen=True, slots=True)
class Port:
    """One input of a stage: a record of one of its kinds, or any number of them."""

    name: str
    many: bool
    optional: bool
    kinds: tuple[type[Record], ...]

    @property
    def wanted(self) -> str:
        """The kinds that it takes, for messages: "transport or geometry"; a family by the name of its class."""
        return " or ".join(getattr(kind, "kind", kind.__name__.lower()) for kind in self.kinds)

    def takes(self, kind: type[Record]) -> bool:
        """Whether a record of that class may be given."""
        return issubclass(kind, self.kinds)


@dataclass(frozen=True, eq=False)
class Stage(Generic[P, R]):
    """A recorded function; see the module's docstring.

    `libraries` are the distributions whose version may change the result; they enter the code fingerprint. `room` and
    `short` are the two parts of a name such as ``characterise.homogenise``. `informed_by` names the ports whose records
    a decision takes into account: the result is informed by them, and made of those in the other ports.
    """

    function: Callable[P, R]
    name: str
    libraries: tuple[str, ...] = ()
    informed_by: tuple[str, ...] = ()

    @property
    def room(self) -> str:
        """The subject of the stage: the part of its name before the point."""
        return self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        """The part of its name after the point."""
        return self.name.rpartition(".")[2]

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Reduce to the entry point: a worker process finds the stage where a fresh process does."""
        return stage_at, (self.entry_point,)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function; nothing is recorded."""
        return self.function(*args, **kwargs)

    @property
    def entry_point(self) -> str:
        """The entry point by which a fresh process finds the stage: ``module:name``."""
        return f"{self.function.__module__}:{self.function.__qualname__}"

    @cached_property
    def _signature(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.function).parameters

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters that may be set, by name, in order; the seed is not among them."""
        hints, texts = typing.get_type_hints(self.function, include_extras=True), documented(self.function.__doc__)
        return {
            name: parameter_of_hint(
                name,
                hints[name],
                REQUIRED if given.default is inspect.Parameter.empty else given.default,
                texts.get(name, ""),
            )
            for name, given in self._signature.items()
            if given.kind is inspect.Parameter.KEYWORD_ONLY and name != SEED
        }

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name, with or without its unit.

        Raises
        ------
        UnknownFieldError
            If there is none.
        """
        found = named(self.parameters, name)
        if found is None:
            hint = did_you_mean(name, self.parameters) if self.parameters else "it takes none; remove it."
            raise UnknownFieldError(f"stage {self.name} has no parameter {name!r}: {hint}")
        return found

    @cached_property
    def returns(self) -> type[Record]:
        """The class of the record that it gives, or of each of those that it gives by name."""
        hint = self._hints["return"]
        kind = typing.get_args(hint)[1] if typing.get_origin(hint) is not None else hint
        return typing.cast(type[Record], kind)

    @property
    def gives_many(self) -> bool:
        """Whether it gives several records by name."""
        return typing.get_origin(self._hints["return"]) is not None

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return typing.get_type_hints(self.function)

    @cached_property
    def ports(self) -> Mapping[str, Port]:
        """The inputs, by name, in order.

        Raises
        ------
        StageError
            If the stage is said to be informed by an input that it does not have.
        """
        found = {
            name: _port(name, self._hints[name])
            for name, parameter in self._signature.items()
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        }
        for name in self.informed_by:
            if name not in found:
                known = ", ".join(found)
                raise StageError(f"stage {self.name} is informed by {name!r}, which is none of its inputs {known}.")
        return found

    @cached_property
    def takes_seed(self) -> bool:
        """Whether the result depends on a seed."""
        return SEED in self._signature

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter with its value, defaults filled in, as the annotated types; the seed is not among them.

        Raises
        ------
        UnknownFieldError, MissingFieldError
            If a name is unknown, or one without default is not given.
        StageError
            If a value cannot be written down as canonical JSON.
        """
        for name in given:
            if name not in self.parameters:
                known = [*self.parameters, *self.ports, *([SEED] if self.takes_seed else [])]
                raise UnknownFieldError(f"stage {self.name} has no parameter {name!r}: {did_you_mean(name, known)}")
        bound = {}
        for name, parameter in self.parameters.items():
            value = given.get(name, parameter.default)
            if value is REQUIRED:
                raise MissingFieldError(f"stage {self.name} needs a value for {name!r}.")
            bound[name] = self._coerced(name, value)
            if bound[name] is not None:
                parameter.require(bound[name])
        return bound

    def _coerced(self, name: str, value: Any) -> Any:
        hint = self._hints[name]
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if isinstance(hint, type) and hint in (int, float, str, bool) and type(value) is not hint:
            raise StageError(f"stage {self.name}: {name} = {value!r} must be of type {hint.__name__}.")
        if typing.get_origin(hint) is tuple and isinstance(value, list):
            value = tuple(value)
        try:
            rfc8785.dumps(value)
        except (rfc8785.CanonicalizationError, TypeError) as cause:
            raise StageError(
                f"stage {self.name}: {name} = {value!r} cannot be recorded ({cause}). "
                "Use finite numbers, text, booleans, lists and maps with text keys."
            ) from cause
        return value

    def outputs(self, returned: Any) -> dict[str, Record]:
        """Name what the function returned, by output."""
        named = {RESULT: returned} if isinstance(returned, Record) else returned
        if not isinstance(named, Mapping) or not named or not all(isinstance(r, Record) for r in named.values()):
            raise StageError(
                f"stage {self.name} returned {type(returned).__name__}; a record or named records expected."
            )
        return dict(named)


def stage(
    name: str, libraries: tuple[str, ...] = (), *, informed_by: tuple[str, ...] = ()
) -> Callable[[Callable[P, R]], Stage[P, R]]:
    """Declare a function as a stage.

    Parameters
    ----------
    name
        What runs are filed under; part of the recipe.
    libraries
        Distributions whose version may change the result.
    informed_by
        Inputs that a decision takes into account, such as the trials behind a suggestion; the result is made of the
        others.
    """

    def wrap(function: Callable[P, R]) -> Stage[P, R]:
        made = Stage(function, name, libraries, informed_by)
        made.__dict__["__doc__"] = function.__doc__
        made.__dict__["__module__"] = function.__module__
        return made

    return wrap


def stage_at(entry_point: str) -> Any:
    """Return the object at an entry point, ``module:name``."""
    module, _, name = entry_point.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(module))


def _port(name: str, hint: Any) -> Port:
    optional = type(None) in typing.get_args(hint)
    return Port(name, _is_many(hint), optional, tuple(_record_types(hint)))


def _is_many(hint: Any) -> bool:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return any(_is_many(each) for each in typing.get_args(hint))
    return typing.get_origin(hint) in (tuple, list, Sequence)


def _record_types(hint: Any) -> list[type[Record]]:
    if isinstance(hint, type) and typing.get_origin(hint) is None and issubclass(hint, Record):
        return [hint]
    return [kind for part in typing.get_args(hint) for kind in _record_types(part)]
