"""A cell that is not the same everywhere, aged: its regions share the current as their equal voltage asks for."""

from __future__ import annotations

from typing import Annotated, Literal

from ragone.pipelines.ageing.cycle_map import AgeingNumerics
from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.regions import RegionModel, RegionsMap
from ragone.pipelines.ageing.segment import SeiGrowth
from ragone.pipelines.ageing.simulated_life import SimulatedLife
from ragone.pipelines.ageing.steps import Duty
from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.schemas import CapacityFade, CellOutcome, CellParameters, NegativeElectrode, stage
from ragone.schemas.field import POSITIVE
from ragone.schemas.parameter import NotNegative, Positive, Share

_SAME = ("parameter_set", "negative_parameter_set", "electrode_area_square_metre", "nominal_capacity_ampere_hour")


@stage("ageing.age_regions", libraries=("pybamm", "casadi", "numpy", "scipy"))
def age_regions(
    regions: tuple[CellParameters, ...],
    *,
    cycles: Annotated[int, POSITIVE] = 100,
    model: RegionModel = "SPM",
    charge_rate: Positive = 0.5,
    discharge_rate: Positive = 1.0,
    cutoff_rate: Positive = 0.05,
    rest_second: NotNegative = 600.0,
    ambient_temperature_kelvin: Positive = 298.15,
    sei: SeiGrowth = "solvent-diffusion limited",
    sei_on_cracks: bool = True,
    plating: Literal["none", "irreversible", "partially reversible"] = "partially reversible",
    cracking: bool = True,
    loss_of_active_material: bool = True,
    porosity_change: bool = True,
    until_capacity_share: Share = 0.0,
    coating_points: Annotated[int, POSITIVE] = 5,
    particle_points: Annotated[int, POSITIVE] = 30,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
) -> CapacityFade:
    """Age parallel regions of one cell at one terminal voltage.

    Parameters
    ----------
    regions
        Of equal areas, each described as a cell of the whole area: volume elements of its electrodes
        (`region_of_cell`), or draws within the tolerances of its coatings (`vary_cell`).
    cycles
        How many of them at most.
    model
        PyBaMM's single-particle model SPM, or that with electrolyte SPMe.
    charge_rate, discharge_rate, cutoff_rate
        Rates of charge and discharge over the nominal capacity, and that at which constant voltage ends [1/h].
    rest_second
        After each charge and discharge [s]; currents between regions go on.
    ambient_temperature_kelvin
        Temperature of all regions [K].
    sei, sei_on_cracks, plating, cracking, loss_of_active_material, porosity_change
        Mechanisms, as of `age_cell`.
    until_capacity_share
        Capacity over that of the second cycle below which the cell is not cycled further [-]; 0 for all cycles.
    coating_points, particle_points
        Finite volumes across each coating and the separator, and across each particle's radius.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-].

    Returns
    -------
    CapacityFade
        Of the whole cell; its variables are means over the regions.

    Raises
    ------
    AgeingError
        If there is no region, one cannot be built, or they are not of one cell.
    MissingFieldError, UnknownFieldError
        As of `age_cell`.
    """
    _require_one_cell(regions)
    mechanisms = Mechanisms(sei, sei_on_cracks, plating, cracking, loss_of_active_material, porosity_change)
    values = parameter_values_of(regions[0])
    lower, upper = (float(values[f"{name} voltage cut-off [V]"]) for name in ("Lower", "Upper"))
    duty = Duty(charge_rate, discharge_rate, cutoff_rate, lower, upper, rest=rest_second)
    numerics = AgeingNumerics(coating_points, particle_points, relative_tolerance, absolute_tolerance)
    built = RegionsMap(regions, duty, model=model, mechanisms=mechanisms, numerics=numerics,
                       ambient_temperature=ambient_temperature_kelvin)  # fmt: skip
    life = SimulatedLife(built.initial_state())
    life.run(built, cycles, until_capacity_share)
    method = (
        f"PyBaMM {model}, {len(regions)} parallel regions at one voltage, isothermal, {mechanisms}; {coating_points} "
        f"points a coating, {particle_points} a particle; IDAS, rtol {relative_tolerance:g}, atol "
        f"{absolute_tolerance:g}"
    )
    return CapacityFade(
        cell_name=regions[0].parameter_set,
        outcome=life.outcome,
        reason=life.reason,
        protocol=duty.steps(),
        nominal_capacity_ampere_hour=regions[0].nominal_capacity_ampere_hour or None,
        ambient_temperature_kelvin=ambient_temperature_kelvin,
        method=method,
        **life.columns(built.names),
    )


def _require_one_cell(regions: tuple[CellParameters, ...]) -> None:
    if not regions:
        raise AgeingError("there are no regions to age. Give one at least.")
    for one in regions:
        if one.negative_electrode is not NegativeElectrode.INTERCALATION or one.outcome is not CellOutcome.BUILT:
            raise AgeingError(f"region {one.id} is no full cell that is built: {one.outcome}. Leave it out.")
    other = [name for name in _SAME if len({getattr(one, name) for one in regions}) > 1]
    if other:
        raise AgeingError(f"regions are of several cells: they differ in {', '.join(other)}. Give those of one cell.")
