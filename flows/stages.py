# ruff: noqa: F401
# isort: skip_file
"""All stages, by name: one line each, along the chain from a recipe to its KPIs.

A new stage is its module and a line here. Command line, study files and the loop know it then by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.acquisition import suggest_by_expected_improvement
from models.acquisition import suggest_by_sobol
from models.history import tell
from models.conclusion import conclude
from models.generator.assembly import assemble_generator
from models.generator.assembly import take_apart
from models.generator.drawing import draw_microstructure
from models.generator.slices import train_slices
from models.generator.training import train_steps
from models.generator.trust import fit_errors
from models.generator.trust import predict_errors
from pipelines.realise import realise
from pipelines.manufacture import pack_particles
from pipelines.characterise import average_transport
from pipelines.characterise import average_with_bruggeman
from pipelines.characterise import characterise_with_taufactor
from pipelines.characterise import homogenise
from pipelines.characterise import homogenise_along_all_axes
from pipelines.characterise import measure_geometry
from pipelines.characterise import perturb
from pipelines.characterise import walk_randomly
from pipelines.characterise.representativity.estimate import estimate_representativity
from pipelines.characterise.representativity.subvolumes import coarsen
from pipelines.characterise.representativity.subvolumes import cut_cube
from pipelines.fidelity.compare import compare_volumes
from pipelines.fidelity.resemblance import find_resemblance
from pipelines.cell import assemble_cell
from pipelines.cell import assemble_half_cell
from pipelines.cell import discharge_at_constant_current
from pipelines.cell import discharge_at_constant_power
from pipelines.cell import ideal_transport
from pipelines.cell import published_4680
from pipelines.cell import reference_cell
from pipelines.cell.impedance import simulate_impedance
from pipelines.cell.protocols import constant_current
from pipelines.cell.protocols import constant_power
from pipelines.cell.protocols import charge
from pipelines.cell.protocols import full_cycles
from pipelines.cell.protocols import fast_charge
from pipelines.cell.protocols import rate_test
from pipelines.cell.protocols import pulse_test
from pipelines.cell.protocols import titration
from pipelines.cell.protocols import resting
from pipelines.cell.protocols import drive_profile
from pipelines.cell.protocols import cycle_cell
from pipelines.kpi import delivered_by_curve
from pipelines.kpi import delivered_by_step
from pipelines.kpi import energy_and_power_density
from pipelines.kpi import specific_capacity
from pipelines.kpi import efficiency_per_cycle
from pipelines.kpi import rate_capability
from pipelines.kpi import ragone_curve
from pipelines.kpi.differential import differential_capacity
from pipelines.kpi.differential import differential_capacity_peaks
from pipelines.kpi.differential import capacity_beyond_cut_off
from pipelines.kpi.resistance import ohmic_resistance
from pipelines.kpi.resistance import polarisation_resistance
from pipelines.kpi.resistance import pulse_resistance
from pipelines.kpi.titration import diffusion_time
from pipelines.kpi.taper import taper_corrected_charge
from pipelines.kpi import maximum_temperature
from pipelines.kpi import plating_margin
from pipelines.kpi import loss_shares
from pipelines.kpi.impedance import relaxation_distribution
from pipelines.kpi.impedance import examine_kramers_kronig
from pipelines.kpi.impedance import fit_equivalent_circuit
from pipelines.kpi.impedance import integrate_relaxation_times
from pipelines.kpi import transport_properties
from pipelines.thermal import heat_balance
from pipelines.thermal import steady_temperature
from pipelines.thermal import thermal_runaway
from pipelines.kpi import voltage_agreement
from pipelines.kpi import crossover
from pipelines.kpi import relative_deviation

from schemas import KpiStage, Stage
from schemas.errors import UnknownFieldError, did_you_mean

AnyStage = Stage[Any, Any]

STAGES: Mapping[str, AnyStage] = {one.name: one for one in list(vars().values()) if isinstance(one, Stage)}
KPI_STAGES: Mapping[str, KpiStage[Any, Any]] = {n: one for n, one in STAGES.items() if isinstance(one, KpiStage)}


def stage_named(name: str) -> AnyStage:
    """The stage of that name, whole or, where no other is called so, the part after the point.

    Raises
    ------
    UnknownFieldError
        If there is none, or several.
    """
    if name in STAGES:
        return STAGES[name]
    found = [stage for stage in STAGES.values() if stage.short == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownFieldError(f"stage {name!r} is one of several: {', '.join(stage.name for stage in found)}.")
    known = [*STAGES, *(stage.short for stage in STAGES.values())]
    raise UnknownFieldError(f"stage {name!r} is not known: {did_you_mean(name, known)}")


def kpi_stage_of(name: str) -> KpiStage[Any, Any]:
    """The stage that gives the KPI of that name.

    Raises
    ------
    UnknownFieldError
        If none does.
    """
    found = next((stage for stage in KPI_STAGES.values() if stage.unit_given(name) is not None), None)
    if found is None:
        plain = [pattern for stage in KPI_STAGES.values() for pattern in stage.gives if pattern.isidentifier()]
        known = [*plain, *(stage.short for stage in KPI_STAGES.values())]
        raise UnknownFieldError(f"KPI {name!r} is not known: {did_you_mean(name, known)}")
    return found
