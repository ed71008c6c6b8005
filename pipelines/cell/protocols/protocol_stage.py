"""A named protocol as a stage: what is written as steps is done with a cell, under settings that it knows by name.

The settings of the function that writes the steps become parameters of the stage, before those of `cycle_cell`. The
same steps give the same cycling, whether they were named or written out.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ragone.pipelines.cell.protocols.cycle import cycle_cell
from ragone.schemas import Cycling, Measurement, Parameter, Stage

_STEPS = "protocol"  # the parameter of `cycle_cell` that a name stands for
_PROFILE = "profile"
_CHARGE = "initial_state_of_charge"
_HEADING = "Parameters\n    ----------\n"


@dataclass(frozen=True, eq=False)
class ProtocolStage(Stage[..., Cycling]):
    """A stage that does a named protocol; `steps` writes it, in plain English."""

    steps: Callable[..., tuple[str, ...]] = tuple

    @cached_property
    def settings(self) -> Mapping[str, Parameter]:
        """The parameters that the steps are written by."""
        own = inspect.signature(self.steps).parameters
        return {name: parameter for name, parameter in self.parameters.items() if name in own}

    @property
    def follows_profile(self) -> bool:
        """Whether it needs a profile."""
        return _PROFILE in self.ports


def protocol_stage(
    name: str, *, initial_state_of_charge: float = 1.0, follows_profile: bool = False
) -> Callable[[Callable[..., tuple[str, ...]]], ProtocolStage]:
    """Declare a function that writes steps as a stage that does them.

    Parameters
    ----------
    name
        What runs are filed under.
    initial_state_of_charge
        The default of that parameter: what the protocol is meant to begin at.
    follows_profile
        Whether its steps follow a profile, which is an input then.
    """

    def wrap(steps: Callable[..., tuple[str, ...]]) -> ProtocolStage:
        own = inspect.signature(steps).parameters

        def done(*inputs: Any, **given: Any) -> Cycling:
            written = steps(**{name: given.pop(name) for name in own if name in given})
            return cycle_cell(*inputs, **{_CHARGE: initial_state_of_charge, **given}, protocol=written)

        _described(done, steps, initial_state_of_charge, follows_profile)
        made = ProtocolStage(done, name, cycle_cell.libraries, (), steps)
        made.__dict__["__doc__"] = done.__doc__
        made.__dict__["__module__"] = steps.__module__
        return made

    return wrap


def _described(done: Callable[..., Cycling], steps: Callable[..., Any], charge: float, follows_profile: bool) -> None:
    """Give the function the name of the one that writes the steps, and the signature of both."""
    hints = {
        **typing.get_type_hints(cycle_cell.function, include_extras=True),
        **typing.get_type_hints(steps, include_extras=True),
        "return": Cycling,
    }
    ours, whole = inspect.signature(steps).parameters, dict(inspect.signature(cycle_cell.function).parameters)
    whole[_CHARGE] = whole[_CHARGE].replace(default=charge)
    whole[_PROFILE] = whole[_PROFILE].replace(default=inspect.Parameter.empty)
    hints[_PROFILE] = Measurement
    ports = ["cell", *([_PROFILE] if follows_profile else [])]
    conditions = [name for name in whole if name not in ("cell", _PROFILE, _STEPS)]
    taken = [whole[name] for name in ports] + list(ours.values()) + [whole[name] for name in conditions]
    done.__annotations__ = {one.name: hints[one.name] for one in taken} | {"return": Cycling}
    vars(done)["__signature__"] = inspect.Signature([one.replace(annotation=hints[one.name]) for one in taken])
    done.__module__, done.__qualname__ = steps.__module__, steps.__qualname__
    further = (cycle_cell.function.__doc__ or "").partition(f"    {_CHARGE}\n")[2].partition("\n\n    Returns")[0]
    docstring = steps.__doc__ or ""
    done.__doc__ = docstring.replace(_HEADING, f"{_HEADING}    {_CHARGE}\n{further}\n", 1)
