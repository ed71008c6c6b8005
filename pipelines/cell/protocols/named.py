"""Protocols by name. Another one is a function in a file of its own and a line here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.cell.protocols.charging import charge, fast_charge, full_cycles
from pipelines.cell.protocols.constant import constant_current, constant_power, resting
from pipelines.cell.protocols.drive import drive_profile
from pipelines.cell.protocols.pulses import pulse_test, titration
from pipelines.cell.protocols.rates import rate_test
from schemas.errors import UnknownFieldError, did_you_mean


@dataclass(frozen=True)
class Named:
    """The function that writes a protocol, and the state of charge [-] that it is meant to begin at."""

    steps: Callable[..., tuple[str, ...]]
    initial_state_of_charge: float = 1.0

    @property
    def settings(self) -> Mapping[str, Any]:
        """Defaults of what can be set, by name."""
        return {name: parameter.default for name, parameter in inspect.signature(self.steps).parameters.items()}


PROTOCOLS: Mapping[str, Named] = {
    "constant-current": Named(constant_current),
    "constant-power": Named(constant_power),
    "charge": Named(charge, 0.0),
    "cycle": Named(full_cycles),
    "fast-charge": Named(fast_charge, 0.0),
    "rate-test": Named(rate_test),
    "pulse": Named(pulse_test),
    "gitt": Named(titration),
    "rest": Named(resting, 0.5),
    "drive": Named(drive_profile),
}


def named_protocol(name: str, **settings: Any) -> tuple[str, ...]:
    """The steps of a protocol.

    Raises
    ------
    UnknownFieldError
        If the protocol, or one of its settings, is not known.
    """
    if name not in PROTOCOLS:
        raise UnknownFieldError(f"protocol {name!r} is not known: {did_you_mean(name, PROTOCOLS)}")
    known = PROTOCOLS[name].settings
    for setting in settings:
        if setting not in known:
            raise UnknownFieldError(f"protocol {name} has no {setting!r}: {did_you_mean(setting, known)}")
    return PROTOCOLS[name].steps(**settings)
