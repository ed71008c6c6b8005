# ruff: noqa: F401
# isort: skip_file
"""All stages, by name: one line each, along the chain from a recipe to its KPIs.

A new stage is its module and a line here. Command line, study files and the loop know it then by its name. Stages of
other packages, which these register as entry points (docs/EXTENDING.md), follow Ragone's own; they are imported when a
name is asked for that is not Ragone's own, or all are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ragone.models.acquisition import suggest_by_best_belief
from ragone.models.acquisition import suggest_by_expected_improvement
from ragone.models.acquisition import suggest_by_feasible_improvement
from ragone.models.acquisition import suggest_by_multi_fidelity
from ragone.models.acquisition import suggest_by_sobol
from ragone.models.history import await_results
from ragone.models.history import tell
from ragone.models.report import report_kpis
from ragone.models.conclusion import conclude
from ragone.models.explanation import explain_design
from ragone.models.inverse import find_designs_for_targets
from ragone.models.plateau import find_plateau
from ragone.models.polish import polish_design
from ragone.models.generator.assembly import assemble_generator
from ragone.models.generator.assembly import take_apart
from ragone.models.generator.drawing import draw_microstructure
from ragone.models.generator.slices import train_slices
from ragone.models.generator.training import train_steps
from ragone.models.generator.trust import fit_errors
from ragone.models.generator.trust import predict_errors
from ragone.models.survival.allocate import allocate_cycles
from ragone.models.survival.predict_early import predict_from_first_cycles
from ragone.models.survival.regression.fit import fit_regression
from ragone.models.survival.analyse import analyse_lives
from ragone.models.sharing.receiving import receive_surrogate
from ragone.models.surrogate.comparison import compare_surrogates
from ragone.models.surrogate.training import train_surrogate
from ragone.pipelines.realise import realise
from ragone.pipelines.manufacture import pack_particles
from ragone.pipelines.characterise import average_transport
from ragone.pipelines.characterise import average_with_bruggeman
from ragone.pipelines.characterise import characterise_with_taufactor
from ragone.pipelines.characterise import homogenise
from ragone.pipelines.characterise import homogenise_along_all_axes
from ragone.pipelines.characterise import homogenise_extrapolated
from ragone.pipelines.characterise import measure_electrode_tortuosity
from ragone.pipelines.characterise import measure_geometry
from ragone.pipelines.characterise import perturb
from ragone.pipelines.characterise import take_particle_radii
from ragone.pipelines.characterise import walk_randomly
from ragone.pipelines.characterise.representativity.estimate import estimate_representativity
from ragone.pipelines.characterise.representativity.subvolumes import coarsen
from ragone.pipelines.characterise.representativity.subvolumes import cut_cube
from ragone.pipelines.fidelity.compare import compare_volumes
from ragone.pipelines.fidelity.similarity import measure_similarity
from ragone.pipelines.cell import assemble_cell
from ragone.pipelines.cell import assemble_half_cell
from ragone.pipelines.cell import discharge_at_constant_current
from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.cell import published_4680
from ragone.pipelines.cell import published_4680_from_layers
from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell import perturb_cell
from ragone.pipelines.cell.energy_sensitivities import energy_sensitivities
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.cell.protocols import constant_current
from ragone.pipelines.cell.protocols import constant_power
from ragone.pipelines.cell.protocols import charge
from ragone.pipelines.cell.protocols import full_cycles
from ragone.pipelines.cell.protocols import charge_within_limits
from ragone.pipelines.cell.protocols import pulse_at_largest_power
from ragone.pipelines.cell.protocols import fast_charge
from ragone.pipelines.cell.protocols import rate_test
from ragone.pipelines.cell.protocols import pulse_test
from ragone.pipelines.cell.protocols import titration
from ragone.pipelines.cell.protocols import resting
from ragone.pipelines.cell.protocols import drive_profile
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.kpi import delivered_by_curve
from ragone.pipelines.kpi import delivered_by_step
from ragone.pipelines.kpi import energy_and_power_density
from ragone.pipelines.kpi import specific_capacity
from ragone.pipelines.kpi import efficiency_per_cycle
from ragone.pipelines.kpi import rate_capability
from ragone.pipelines.kpi import ragone_curve
from ragone.pipelines.kpi.differential import differential_capacity
from ragone.pipelines.kpi.differential import differential_capacity_peaks
from ragone.pipelines.kpi.differential import capacity_beyond_cut_off
from ragone.pipelines.kpi.resistance import ohmic_resistance
from ragone.pipelines.kpi.resistance import polarisation_resistance
from ragone.pipelines.kpi.resistance import pulse_resistance
from ragone.pipelines.kpi.titration import diffusion_time
from ragone.pipelines.kpi.taper import taper_corrected_charge
from ragone.pipelines.kpi import maximum_temperature
from ragone.pipelines.kpi import charge_time
from ragone.pipelines.kpi import pulse_power
from ragone.pipelines.kpi import plating_margin
from ragone.pipelines.kpi import loss_shares
from ragone.pipelines.kpi import material_cost
from ragone.pipelines.kpi import coating
from ragone.pipelines.kpi.impedance import relaxation_distribution
from ragone.pipelines.kpi.impedance import examine_kramers_kronig
from ragone.pipelines.kpi.impedance import fit_equivalent_circuit
from ragone.pipelines.kpi.impedance import integrate_relaxation_times
from ragone.pipelines.kpi import transport_properties
from ragone.pipelines.thermal import heat_balance
from ragone.pipelines.thermal import steady_temperature
from ragone.pipelines.thermal import thermal_runaway
from ragone.pipelines.thermal import roll_temperature
from ragone.pipelines.kpi import cycle_life
from ragone.pipelines.kpi import capacity_retention
from ragone.pipelines.kpi import knee
from ragone.pipelines.kpi import voltage_deviation
from ragone.pipelines.kpi import crossover
from ragone.pipelines.kpi import relative_deviation
from ragone.pipelines.kpi import largest_regret
from ragone.pipelines.ageing import age_cell
from ragone.pipelines.ageing import fade_of_cell
from ragone.pipelines.ageing import age_regions
from ragone.pipelines.ageing import region_of_cell
from ragone.pipelines.ageing import join_segments
from ragone.pipelines.ageing import fade_of_curve
from ragone.pipelines.ageing import find_cycle_life
from ragone.pipelines.uncertainty import collect_priors
from ragone.pipelines.uncertainty import draw_transport
from ragone.pipelines.uncertainty import draw_materials
from ragone.pipelines.uncertainty import draw_cell
from ragone.pipelines.uncertainty import estimate_shares
from ragone.pipelines.uncertainty import share_near_best
from ragone.pipelines.uncertainty import collect_tolerances
from ragone.pipelines.uncertainty import vary_cell

from ragone.extensions import STAGES as GROUP
from ragone.extensions import Extension, Registry, problems
from ragone.schemas import KpiStage, Stage
from ragone.schemas.entry_points import package_of
from ragone.schemas.errors import StageError, UnknownFieldError, did_you_mean
from ragone.schemas.stage import stage_at

AnyStage = Stage[Any, Any]


def _checked(extension: Extension, found: Any) -> AnyStage:
    """Return the stage that another package registers.

    Raises
    ------
    StageError
        If it is none, is called otherwise, cannot be executed again, or gives a KPI that Ragone gives.
    """
    if not isinstance(found, Stage):
        raise StageError(f"it is a {type(found).__name__}. Decorate a function with ragone.stage or ragone.kpi_stage.")
    if found.name != extension.name:
        raise StageError(f"the stage is called {found.name!r}. Register it under that name.")
    if package_of(found.function.__module__) != extension.package or not _is_at(found.entry_point, found):
        raise StageError(
            f"a fresh process does not find it at {found.entry_point}. Decorate a function at the top of a module of "
            f"{extension.package}, and leave its name to the stage."
        )
    try:
        _ = found.ports, found.parameters, found.returns
    except KeyError as cause:
        raise StageError(f"the type of {cause} is missing. Annotate every argument and the result.") from cause
    if isinstance(found, KpiStage):
        _require_new_kpis(found)
    return found


def _is_at(entry_point: str, stage: AnyStage) -> bool:
    try:
        return stage_at(entry_point) is stage
    except (ImportError, AttributeError):
        return False


def _require_new_kpis(stage: KpiStage[Any, Any]) -> None:
    """Refuse names of KPIs that a stage of Ragone gives; patterns are read, too."""
    stage.unit_given("")
    for name in filter(str.isidentifier, stage.gives):
        first = next((one.name for one in _OWN.values() if isinstance(one, KpiStage) and one.unit_given(name)), None)
        if first is not None:
            raise StageError(f"it gives {name!r}, which {first} gives. Choose another name for the KPI.")


_OWN: dict[str, AnyStage] = {one.name: one for one in list(vars().values()) if isinstance(one, Stage)}
STAGES: Registry[AnyStage] = Registry(GROUP, _OWN, _checked)


class KpiStages(Mapping[str, KpiStage[Any, Any]]):
    """Those of the stages that give KPIs."""

    def __getitem__(self, name: str) -> KpiStage[Any, Any]:
        found = STAGES[name]
        if not isinstance(found, KpiStage):
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name, one in STAGES.items() if isinstance(one, KpiStage))

    def __len__(self) -> int:
        return sum(1 for _ in self)


KPI_STAGES = KpiStages()


def stage_named(name: str) -> AnyStage:
    """The stage of that name, whole or, where no other is called so, the part after the point; Ragone's own come first.

    Raises
    ------
    UnknownFieldError
        If there is none, or several.
    """
    for stages in (_OWN, STAGES):
        if name in stages:
            return stages[name]
        found = [stage for stage in stages.values() if stage.short == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownFieldError(f"stage {name!r} is one of several: {', '.join(stage.name for stage in found)}.")
    known = [*STAGES, *(stage.short for stage in STAGES.values())]
    raise UnknownFieldError(_unknown("stage", name, known))


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
        raise UnknownFieldError(_unknown("KPI", name, known))
    return found


def _unknown(what: str, name: str, known: list[str]) -> str:
    """Say that a name is not known, what comes near, and what other packages failed to add."""
    return " ".join([f"{what} {name!r} is not known: {did_you_mean(name, known)}", *problems()])
