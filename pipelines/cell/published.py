"""A published cell to check the roll-up against: the Tesla 4680 that Ank et al. and Gorsch et al. took apart.

Of the former: format, chemistry, shell, energy over volume and over mass, and the charge that harvested electrodes
deliver over their area; of the latter: the thickness of each layer. Everything else is assumed, and is a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from ragone.pipelines.cell.assembly import assemble_cell
from ragone.pipelines.cell.ideal import ideal_transport
from ragone.schemas import CellDesign, CellParameters, Discharge, Recipe, stage
from ragone.schemas.materials import NMC_811
from ragone.schemas.parameter import NotNegative, Positive, Share

# Ank et al. 2023, doi 10.1149/1945-7111/ad14d0: measured on whole cells [W.h/L] and [W.h/kg].
MEASURED = MappingProxyType({"energy_density": 622.4, "specific_energy": 232.5})
# Harvested electrodes against each other from 4.19 to 2.90 V at C/43 deliver 3.975 mA.h on 0.9417 cm^2: the article's
# published data, T-cell_pOCV_data, with the area that its own columns imply.
AREAL_CAPACITY = 42.2  # A.h/m^2
_RADIUS = 5.22e-6  # m, of the set: nothing is known of the particles of these cells
_STEP = 0.2  # kg/m^2, any: charge is proportional to loading


@stage("cell.published_4680", libraries=("pybamm", "bpx", "scipy"))
def published_4680(
    *,
    areal_capacity_ampere_hour_per_square_metre: Positive = AREAL_CAPACITY,
    porosity: Share = 0.25,
    active_material_weight_fraction: Share = 0.96,
    negative_to_positive_capacity_ratio: Positive = 1.1,
    electrolyte_excess: NotNegative = 0.1,
    parameter_set: str = "Chen2020",
) -> CellParameters:
    """The cell of Ank et al. 2023, as far as its geometry is known.

    Parameters
    ----------
    areal_capacity_ampere_hour_per_square_metre
        Capacity between the voltage limits [A.h/m^2]; measured. The mass loading follows.
    porosity, active_material_weight_fraction
        Composition of the positive coating [-]; assumed, usual for cells built for energy.
    negative_to_positive_capacity_ratio
        [-]; assumed.
    electrolyte_excess
        Beyond the pores [-]; assumed.
    parameter_set
        Chemistry of NMC 811 against graphite. The published cell's graphite has no silicon, Chen2020's has.

    Returns
    -------
    CellParameters
        The cell in the can "4680-Ank2023".
    """
    recipe = Recipe(active_material_weight_fraction=active_material_weight_fraction, porosity=porosity)
    transport = ideal_transport(recipe, NMC_811, particle_radius_metre=_RADIUS)
    trial = CellDesign(
        mass_loading_kilogram_per_square_metre=_STEP,
        parameter_set=parameter_set,
        form_factor="4680-Ank2023",
        negative_to_positive_capacity_ratio=negative_to_positive_capacity_ratio,
        electrolyte_excess=electrolyte_excess,
    )
    built = assemble_cell(transport, NMC_811, trial)
    capacity = built.nominal_capacity_ampere_hour / built.electrode_area_square_metre
    loading = _STEP * areal_capacity_ampere_hour_per_square_metre / capacity
    return assemble_cell(transport, NMC_811, replace(trial, mass_loading_kilogram_per_square_metre=loading))


@stage("cell.published_4680_from_layers", libraries=("pybamm", "bpx", "scipy"))
def published_4680_from_layers(
    *,
    positive_thickness_metre: Positive = 75e-6,
    negative_thickness_metre: Positive = 125e-6,
    separator_thickness_metre: Positive = 10e-6,
    positive_collector_thickness_metre: Positive = 20e-6,
    negative_collector_thickness_metre: Positive = 10e-6,
    porosity: Share = 0.25,
    active_material_weight_fraction: Share = 0.96,
    electrolyte_excess: NotNegative = 0.1,
    parameter_set: str = "Chen2020",
    negative_parameter_set: str = "",
    negative_porosity: Share | None = None,
) -> CellParameters:
    """The cell of Gorsch et al. 2025, from the thicknesses of its layers alone.

    Parameters
    ----------
    positive_thickness_metre, negative_thickness_metre
        One coated side [m]; measured.
    separator_thickness_metre, positive_collector_thickness_metre, negative_collector_thickness_metre
        [m]; measured.
    porosity, active_material_weight_fraction
        Composition of the positive coating [-]; assumed, as in `published_4680`.
    electrolyte_excess
        Beyond the pores [-]; assumed.
    parameter_set
        Chemistry of NMC 811 against graphite. The published cell's graphite has no silicon, Chen2020's has: the
        capacity ratio that follows from the thickness is larger than the real one.
    negative_parameter_set, negative_porosity
        Set whose negative electrode is taken instead, and its porosity [-], instead of that set's.

    Returns
    -------
    CellParameters
        The cell in the can "4680-Gorsch2025".

    References
    ----------
    J. Gorsch et al. 2025, Cell Reports Physical Science; its table as reprinted by neowin.net, 2025-04-23.
    """
    recipe = Recipe(active_material_weight_fraction=active_material_weight_fraction, porosity=porosity)
    transport = ideal_transport(recipe, NMC_811, particle_radius_metre=_RADIUS)
    trial = CellDesign(
        mass_loading_kilogram_per_square_metre=_STEP,
        parameter_set=parameter_set,
        form_factor="4680-Gorsch2025",
        electrolyte_excess=electrolyte_excess,
        separator_thickness_metre=separator_thickness_metre,
        positive_collector_thickness_metre=positive_collector_thickness_metre,
        negative_collector_thickness_metre=negative_collector_thickness_metre,
        negative_parameter_set=negative_parameter_set,
        negative_porosity=negative_porosity,
    )
    built = assemble_cell(transport, NMC_811, trial)
    scale = positive_thickness_metre / built.positive_thickness_metre
    ratio = negative_thickness_metre / (scale * built.negative_thickness_metre)
    loaded = replace(
        trial,
        mass_loading_kilogram_per_square_metre=scale * _STEP,
        negative_to_positive_capacity_ratio=ratio * trial.negative_to_positive_capacity_ratio,
    )
    return assemble_cell(transport, NMC_811, loaded)


def deviation_from_published(cell: CellParameters, discharge: Discharge) -> Mapping[str, float]:
    """Deviation of the discharged cell from the measured one, relative to that [-], by the names in `MEASURED`."""
    power = -discharge.voltage_volt * discharge.current_ampere
    energy = float(np.trapezoid(power, discharge.test_time_second)) / 3600
    computed = {
        "energy_density": energy / (cell.cell_volume_cubic_metre * 1e3),
        "specific_energy": energy / cell.cell_mass_kilogram,
    }
    return {name: computed[name] / measured - 1 for name, measured in MEASURED.items()}
