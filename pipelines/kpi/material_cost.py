"""What the materials of a cell cost, and over the energy that it delivers: mass of each component times its price.

Prices move by a factor of two within a year: the defaults are of one place and time each, and all of them are
parameters. Not counted: manufacture, scrap, solvents, and what the cell does not list. Foil edges are priced as copper,
the negative coating's overhang as its solids.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ragone.pipelines.curve.accuracy import accuracy_of
from ragone.pipelines.curve.finished import unfinished
from ragone.pipelines.curve.halves import discharges_of
from ragone.pipelines.curve.totals import uncertainty
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.pipelines.kpi.densities import largest
from ragone.pipelines.kpi.whole import nothing_discharges
from ragone.schemas import CellParameters, Curve, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.parameter import NotNegative

_ARGONNE = "Knehr, Kubal, Ahmed, Estimated Cost of EV Batteries 2019-2024, Argonne National Laboratory 2024"
_BATPAC = "BatPaC 5.0, March 2022, after Hewawasam et al. 2022, doi 10.1109/MERCon55799.2022.9906183"
OF_CELL = Definition("cell_material_cost", "USD", "mass of each component of the cell times the price of its material")
PER_ENERGY = Definition("material_cost", "USD/(kW.h)", "material cost of the cell over the energy of one discharge")
# Price of the positive active material [USD/kg] and its source, by the chemistry of a cell.
_ACTIVE_MATERIAL = {
    **dict.fromkeys(("Chen2020", "Chen2020_Arrhenius", "OKane2022"), (22.0, f"NMC 811, {_ARGONNE}")),
    "NCA_Kim2011": (26.0, f"NCA, {_BATPAC}"),
    "Prada2013": (10.0, f"LFP, {_BATPAC}"),
}
# Price that a component is bought at, by the name of the parameter.
_PRICE_OF = {
    "positive_active_material": "positive_active_material",
    "positive_carbon_binder": "carbon_binder",
    "negative_carbon_binder": "carbon_binder",
    **dict.fromkeys(("negative_solids", "negative_active_material", "negative_overhang"), "negative_solids"),
    **dict.fromkeys(("separators", "separator_overhang"), "separator"),
    **dict.fromkeys(("electrolyte", "electrolyte_excess"), "electrolyte"),
    **dict.fromkeys(("positive_collector", "positive_disc", "positive_tab"), "aluminium_foil"),
    **dict.fromkeys(("negative_collector", "negative_disc", "negative_tab", "foil_edges"), "copper_foil"),
    **dict.fromkeys(("can", "pouch_foil"), "housing"),
}


@kpi_stage("kpi.material_cost", gives={"material_cost": "USD/(kW.h)", "cell_material_cost": "USD"}, unasked=False)
def material_cost(
    curve: Curve,
    cell: CellParameters,
    *,
    positive_active_material_price_dollar_per_kilogram: NotNegative | None = None,
    carbon_binder_price_dollar_per_kilogram: NotNegative = 9.3,
    negative_solids_price_dollar_per_kilogram: NotNegative = 9.5,
    electrolyte_price_dollar_per_kilogram: NotNegative = 11.7,
    separator_price_dollar_per_kilogram: NotNegative = 32.88,
    aluminium_foil_price_dollar_per_kilogram: NotNegative = 5.35,
    copper_foil_price_dollar_per_kilogram: NotNegative = 14.15,
    housing_price_dollar_per_kilogram: NotNegative = 3.0,
    relative_price_uncertainty: NotNegative = 0.3,
) -> Mapping[str, Kpi]:
    """Material cost of a cell, and over the energy of the discharge that delivers the most.

    Parameters
    ----------
    curve
        Simulated or measured.
    cell
        The cell; the masses in its table of components.
    positive_active_material_price_dollar_per_kilogram
        22 for NMC 811 (Argonne 2024); 26 for NCA and 10 for LFP (BatPaC 5.0, 2022) unless given [USD/kg].
    carbon_binder_price_dollar_per_kilogram
        Half binder (15, Argonne 2024), half carbon black (3.6, Baars et al. 2023): an assumption [USD/kg].
    negative_solids_price_dollar_per_kilogram
        Graphite, Argonne 2024; silicon oxide is dearer [USD/kg].
    electrolyte_price_dollar_per_kilogram
        14 USD/L, Argonne 2024, at 1.2 kg/L [USD/kg].
    separator_price_dollar_per_kilogram
        Coated, 12 um, Baars et al. 2023 [USD/kg].
    aluminium_foil_price_dollar_per_kilogram, copper_foil_price_dollar_per_kilogram
        15 to 18 um and 8 to 14 um, market prices of 13 May 2022, Baars et al. 2023 [USD/kg].
    housing_price_dollar_per_kilogram
        Container, BatPaC 5 after Baars et al. 2023 [USD/kg].
    relative_price_uncertainty
        Standard uncertainty of each price over the price, independent of the others: an assumption [-]. 0 where designs
        are compared, which all buy at the same prices.

    Returns
    -------
    Mapping
        Name -> KPI: material_cost [USD/(kW.h)], cell_material_cost [USD]; NOT_APPLICABLE if a component has no price.

    References
    ----------
    Baars, Cerdas, Heidrich 2023, doi 10.1021/acs.est.2c04080 (Table S3). Bottom-up cost of cells: Wentker, Greenwood,
    Leker 2019, doi 10.3390/en12030504.
    """
    active, source = _ACTIVE_MATERIAL.get(cell.parameter_set, (None, "")) if not cell.parameters else (None, "")
    if positive_active_material_price_dollar_per_kilogram is not None:
        active, source = positive_active_material_price_dollar_per_kilogram, "as given"
    prices = {
        "positive_active_material": active,
        "carbon_binder": carbon_binder_price_dollar_per_kilogram,
        "negative_solids": negative_solids_price_dollar_per_kilogram,
        "electrolyte": electrolyte_price_dollar_per_kilogram,
        "separator": separator_price_dollar_per_kilogram,
        "aluminium_foil": aluminium_foil_price_dollar_per_kilogram,
        "copper_foil": copper_foil_price_dollar_per_kilogram,
        "housing": housing_price_dollar_per_kilogram,
    }
    masses = {name: part["mass_kilogram"] for name, part in cell.components.get("components", {}).items()}
    unknown = [name for name, mass in masses.items() if mass and prices.get(_PRICE_OF.get(name, "")) is None]
    if unknown or not masses:
        return all_missing((PER_ENERGY, OF_CELL), _refusal(unknown), KpiOutcome.NOT_APPLICABLE)
    return _costs(curve, _by_price(masses, prices), relative_price_uncertainty, source)


def _refusal(unknown: list[str]) -> str:
    """Say what has no price, and which parameter gives one."""
    if not unknown:
        return "the cell lists no masses of its components; assemble it in a housing"
    strange = [name for name in unknown if name not in _PRICE_OF]
    if strange:
        return f"no price is known of {', '.join(strange)}, which no parameter gives; cost a full cell"
    parameters = (f"{_PRICE_OF[name]}_price_dollar_per_kilogram" for name in unknown)
    return f"the price of {', '.join(unknown)} is not known; give {', '.join(parameters)}"


def _by_price(masses: Mapping[str, float], prices: Mapping[str, float | None]) -> dict[str, float]:
    """Cost of what is bought at one price [USD], by its name."""
    found: dict[str, float] = {}
    for name, mass in masses.items():
        if mass:
            bought = _PRICE_OF[name]
            found[bought] = found.get(bought, 0.0) + mass * (prices[bought] or 0.0)
    return found


def _costs(curve: Curve, costs: Mapping[str, float], spread: float, source: str) -> dict[str, Kpi]:
    total, error = sum(costs.values()), spread * math.hypot(*costs.values())
    shares = ", ".join(f"{name} {cost / (total or 1.0):.0%}" for name, cost in sorted(costs.items()))
    method = f"{shares}; positive active material: {source}; uncertainty: {spread:.0%} of each price"
    window = Window("all components that the cell lists")
    cell = OF_CELL.measured(total, uncertainty=error or None, count=len(costs), method=method, window=window)
    discharges = discharges_of(curve)
    refused = unfinished(curve) or nothing_discharges(discharges)
    if refused:
        return {PER_ENERGY.name: PER_ENERGY.missing(*refused), OF_CELL.name: cell}
    totals, window = largest(curve, discharges, accuracy_of(curve, 0.0, 0.0))
    energy = abs(totals.energy) / 1000.0  # kW.h
    own = (uncertainty(lambda values: float(abs(values[0])), totals) or 0.0) / 1000.0
    value = total / energy
    return {
        PER_ENERGY.name: PER_ENERGY.measured(
            value,
            uncertainty=math.hypot(error / energy, value * own / energy) or None,
            count=totals.count,
            method=method,
            window=window,
        ),
        OF_CELL.name: cell,
    }
