"""Which stage gives a KPI, by the name that the KPI bears."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flows.errors import KpiError
from schemas.errors import did_you_mean

_NUMBER = r"\d+"
GIVEN_BY: Mapping[str, str] = {
    "delivered": "energy|capacity|mean_voltage",
    "steps": rf"(energy|capacity|mean_voltage)_step_{_NUMBER}",
    "densities": "(energy|power)_density|specific_(energy|power)",
    "efficiency": rf"(coulombic|energy|voltage)_efficiency(_cycle_{_NUMBER})?",
    "rate_capability": r"rate_capability(_[\d.e+-]+C)?",
    "ragone": r"(energy|energy_density|specific_energy)_at_.+W|one_hour_(power|power_density|specific_power)",
    "dqdv": rf"dqdv_(dis)?charge_peak_{_NUMBER}_(voltage|height|area)",
    "cut_off": "hysteresis|capacity_beyond_cut_off|corrected_capacity",
    "ohmic_resistance": rf"ohmic_resistance(\.jump_{_NUMBER})?",
    "polarisation": rf"polarisation_resistance(\.jump_{_NUMBER})?|(resistance|time_constant)_{_NUMBER}\.jump_{_NUMBER}",
    "pulses": rf"resistance_[\d.e+-]+s(\.jump_{_NUMBER})?|state_of_charge\.jump_{_NUMBER}",
    "titration": rf"(diffusion_time|quasi_equilibrium_voltage)(\.titration_{_NUMBER})?",
    "taper": rf"taper_(corrected|missing)_charge(\.passage_{_NUMBER})?",
    "temperature": "maximum_temperature|temperature_rise",
    "plating_margin": "plating_margin",
    "limits": "loss_share_[a-z_]+|mean_overpotential",
    "kramers_kronig": "kramers_kronig_residual",
    "equivalent_circuit": "(series|charge_transfer|diffusion|total)_resistance|warburg_coefficient|circuit_residual|"
    rf"(charge_transfer|diffusion)_time_constant|arc_{_NUMBER}_(resistance|time_constant)",
    "relaxation_times": "drt_[a-z0-9_]+",
    "steady_temperature": "steady_[a-z_]+|biot_number",
    "thermal_runaway": "semenov_number|critical_[a-z_]+|temperature_of_no_return|(adiabatic_)?time_to_runaway",
}


def stages_of(names: Sequence[str]) -> dict[str, set[str]]:
    """What is asked of each stage: some of its KPIs by name, or all (an empty set) where the stage is named.

    Raises
    ------
    KpiError
        If a name is neither that of a stage nor that of a KPI.
    """
    asked: dict[str, set[str]] = {}
    for name in names:
        if name in GIVEN_BY:
            asked[name] = set()
            continue
        stage = next((one for one, pattern in GIVEN_BY.items() if re.fullmatch(pattern, name)), None)
        if stage is None:
            raise KpiError(f"KPI {name!r} is not known: {did_you_mean(name, GIVEN_BY)}")
        if asked.get(stage, {name}):
            asked.setdefault(stage, set()).add(name)
    return asked
