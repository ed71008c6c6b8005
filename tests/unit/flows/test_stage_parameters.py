"""Parameters of all stages: each is told, and reads its own unit and another one of its dimension."""

from __future__ import annotations

import pytest

from ragone.flows.stages import STAGES
from ragone.schemas import Parameter
from ragone.schemas.errors import UnitError

# A number in the parameter's own unit, and the same in another one.
SPELLED = {
    "m": ("5e-6 m", "5 um"),
    "m^2": ("2e-3 m^2", "20 cm^2"),
    "m^3": ("2e-5 m^3", "0.02 L"),
    "kg": ("0.069 kg", "69 g"),
    "kg/m^2": ("0.2 kg/m^2", "20 mg/cm^2"),
    "kg/m^3": ("4780 kg/m^3", "4.78 g/cm^3"),
    "Pa": ("1e8 Pa", "100 MPa"),
    "Hz": ("1000 Hz", "1 kHz"),
    "S/m": ("300 S/m", "3 S/cm"),
    "ohm": ("0.005 ohm", "5 mohm"),
    "1/h": ("0.5 1/h", "12 1/day"),
    "K": ("400 K", "400000 mK"),
    "K/s": ("1 K/s", "60 K/minute"),
    "V": ("0.01 V", "10 mV"),
    "s": ("60 s", "1 minute"),
    "A": ("0.05 A", "50 mA"),
    "A*h": ("5 A*h", "5000 mA*h"),
    "A*h/m^2": ("30 A*h/m^2", "3 mA*h/cm^2"),
    "F/m^2": ("0.2 F/m^2", "20 uF/cm^2"),
    "W": ("20 W", "0.02 kW"),
    "W/K": ("0.5 W/K", "500 mW/K"),
    "USD/kg": ("20 USD/kg", "0.02 USD/g"),
    "W/(m^2*K)": ("10 W/(m^2*K)", "1 mW/(cm^2*K)"),
}
REAL = [
    (f"{stage.name}: {name}", parameter)
    for stage in STAGES.values()
    for name, parameter in stage.parameters.items()
    if parameter.type is float
]


def values(parameter: Parameter, text: str) -> tuple[float, ...]:
    """What is read, whether it is one number or several."""
    found = parameter.read(text)
    return found if parameter.many else (found,)


def check_units(parameter: Parameter) -> None:
    """Read a parameter in two units of its dimension, in one of another, and without any."""
    if parameter.unit == "1":
        share = min(0.5, parameter.bounds.high or 0.5)
        if share in parameter.bounds:
            assert values(parameter, f"{100 * share} %") == pytest.approx(values(parameter, f"{share}"))
        with pytest.raises(UnitError, match="wrong dimension"):
            parameter.read("1 m")
        return
    own, other = SPELLED[parameter.unit]
    assert values(parameter, own) == (float(own.split()[0]),)
    assert values(parameter, other) == pytest.approx(values(parameter, own), rel=1e-12)
    for refused, why in ((own.split()[0], "has no unit"), ("1 mol", "wrong dimension")):
        with pytest.raises(UnitError, match=why):
            parameter.read(refused)


def test_every_parameter_reads_two_units_of_its_dimension(subtests):
    """The same number, whichever unit it is given in; none of another dimension, and none without its unit."""
    for name, parameter in REAL:
        with subtests.test(name):
            check_units(parameter)


def test_pressures_and_frequencies_are_among_them():
    """Those that a table of endings once forgot."""
    assert {"Pa", "Hz"} <= {parameter.unit for _, parameter in REAL}


def test_every_default_is_a_value_of_its_parameter(subtests):
    """Within its bounds and choices, or null where that is a value."""
    for stage in STAGES.values():
        with subtests.test(stage.name):
            for parameter in stage.parameters.values():
                if not parameter.required and parameter.default is not None:
                    parameter.require(parameter.default)
