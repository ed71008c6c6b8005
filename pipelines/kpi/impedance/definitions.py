"""The KPIs of an impedance spectrum: names, units, and what is computed."""

from __future__ import annotations

from ragone.pipelines.kpi.definition import Definition

BOUKAMP = "Boukamp 1986, doi 10.1016/0167-2738(86)90031-7"
SACCOCCIO = "Saccoccio, Wan, Chen, Ciucci 2014, doi 10.1016/j.electacta.2014.09.058"
SCHOENLEBER = "Schoenleber, Klotz, Ivers-Tiffee 2014, doi 10.1016/j.electacta.2014.01.034"

_SUM = "sum of the resistances at zero frequency of all elements"

SERIES = Definition("series_resistance", "ohm", "resistance in series with all other elements of the circuit", BOUKAMP)
CHARGE_TRANSFER = Definition(
    "charge_transfer_resistance", "ohm", f"{_SUM} faster than the border to diffusion: films, reactions", BOUKAMP
)
DIFFUSION = Definition(
    "diffusion_resistance", "ohm", f"{_SUM} slower than the border: diffusion in electrolyte and particles", BOUKAMP
)
TOTAL = Definition(
    "total_resistance", "ohm", "series, charge transfer and diffusion resistance: that to a lasting current", BOUKAMP
)
CHARGE_TRANSFER_TIME = Definition(
    "charge_transfer_time_constant", "s", "time constant of the largest resistance faster than the border", BOUKAMP
)
DIFFUSION_TIME = Definition(
    "diffusion_time_constant", "s", "time constant of the largest resistance slower than the border", BOUKAMP
)
WARBURG_COEFFICIENT = Definition(
    "warburg_coefficient", "ohm/s^0.5", "A of A / sqrt(j omega), diffusion that does not reach its end", BOUKAMP
)
CIRCUIT_RESIDUAL = Definition(
    "circuit_residual", "1", "root mean square deviation of the circuit over the modulus of the impedance", BOUKAMP
)

DRT_SERIES = Definition(
    "drt_series_resistance", "ohm", "series resistance and all relaxations faster than the spectrum", SACCOCCIO
)
DRT_CHARGE_TRANSFER = Definition(
    "drt_charge_transfer_resistance",
    "ohm",
    "integral of the distribution of relaxation times from the fastest frequency to the border to diffusion",
    SACCOCCIO,
)
DRT_DIFFUSION = Definition(
    "drt_diffusion_resistance",
    "ohm",
    "integral of the distribution of relaxation times from the border to diffusion on",
    SACCOCCIO,
)
DRT_TOTAL = Definition(
    "drt_total_resistance", "ohm", "series resistance and the whole distribution of relaxation times", SACCOCCIO
)

KRAMERS_KRONIG = Definition(
    "kramers_kronig_residual", "1", "largest relative residual of the linear Kramers-Kronig test", SCHOENLEBER
)


def arc_resistance(number: int, prefix: str = "arc", reference: str = BOUKAMP) -> Definition:
    """Resistance of one arc or peak, counted from the fastest."""
    text = f"resistance of {prefix} {number} from the fastest"
    return Definition(f"{prefix}_{number}_resistance", "ohm", text, reference)


def arc_time(number: int, prefix: str = "arc", reference: str = BOUKAMP) -> Definition:
    """Time constant of one arc or peak, counted from the fastest."""
    text = f"time constant of {prefix} {number} from the fastest"
    return Definition(f"{prefix}_{number}_time_constant", "s", text, reference)
