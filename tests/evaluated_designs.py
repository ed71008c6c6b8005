"""Lakes with many evaluated designs, whose KPI is a formula of recipe and cell design: quick to fill, known exactly."""

from __future__ import annotations

import math

import numpy as np

from ragone.dataset import Lake
from ragone.schemas import CellDesign, Kpi, KpiOutcome, Recipe, Transport, TransportOutcome, stage

NOISE = 2.0  # W.h/L


def energy_density_of(porosity: float, loading: float, adhesion: float) -> float:
    """A smooth response with a maximum inside [W.h/L]."""
    return 600 - 900 * (porosity - 0.32) ** 2 + 300 * loading - 700 * loading**2 + 10 * adhesion


@stage("tests.measure")
def measure(recipe: Recipe) -> Transport:
    """Pores of tortuosity porosity^-1/2, with a standard error of 1 %; closed below a porosity of 0.22."""
    porosity = recipe.porosity
    tortuosity = porosity**-0.5 if porosity > 0.22 else math.inf
    return Transport(
        pore_fraction=porosity,
        active_material_fraction=1 - porosity,
        carbon_binder_fraction=0.0,
        specific_surface_area_per_metre=1e5,
        surface_area_method="none",
        pore_tortuosity_factor=tortuosity,
        pore_tortuosity_factor_standard_error=0.01 * porosity**-0.5,
        pore_outcome=TransportOutcome.CONVERGED if porosity > 0.22 else TransportOutcome.NOT_PERCOLATING,
        solid_effective_conductivity_siemens_per_metre=1.0,
        solid_outcome=TransportOutcome.CONVERGED,
        active_material_conductivity_siemens_per_metre=0.18,
        carbon_binder_conductivity_siemens_per_metre=375.0,
        voxel_size_metre=1e-6,
        edge_voxels=2,
        volume_element_count=1,
        method="a formula",
    )


@stage("tests.evaluate")
def evaluate(
    transport: Transport,
    recipe: Recipe,
    design: CellDesign,
    *,
    noise: float,
    repeat: int,
    definition: str = "energy over volume",
    budget: float | None = None,
    seed: int,
) -> Kpi:
    """The formula, with normal errors of a stated standard deviation; without a value where the porosity is high.

    Values beyond a budget are censored.
    """
    error = noise * float(np.random.default_rng([seed, repeat]).standard_normal())
    value = energy_density_of(recipe.porosity, design.mass_loading_kilogram_per_square_metre, recipe.binder_adhesion)
    feasible = recipe.porosity < 0.45
    if feasible and budget is not None and value + error > budget:
        return Kpi(
            name="energy_density",
            value=None,
            unit="W.h/L",
            outcome=KpiOutcome.CENSORED,
            lower_bound=budget,
            sample_count=1,
            definition=definition,
            method="a formula, cut",
        )
    return Kpi(
        name="energy_density",
        value=value + error if feasible else None,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED if feasible else KpiOutcome.INFEASIBLE,
        standard_uncertainty=noise if noise and feasible else None,
        sample_count=1,
        definition=definition,
        method="a formula",
    )


def fill(
    lake: Lake,
    count: int,
    *,
    seed: int = 0,
    repeats: int = 1,
    noise: float = NOISE,
    high: float = 0.44,
    definition: str = "energy over volume",
    budget: float | None = None,
) -> list[str]:
    """Evaluate designs drawn at random, each some times; returns the ids of the KPIs."""  # fmt: skip
    random = np.random.default_rng(seed)
    ids = []
    with lake.batch():
        for number in range(count):
            porosity, loading, adhesion = random.uniform((0.2, 0.1, 0.0), (high, 0.3, 1.0)).tolist()
            recipe = Recipe(active_material_weight_fraction=0.95, porosity=porosity, binder_adhesion=adhesion)
            made_of = {
                "recipe": (recipe_id := lake.put(recipe)),
                "transport": lake.run(measure, recipe=recipe_id).id,
                "design": lake.put(CellDesign(mass_loading_kilogram_per_square_metre=loading)),
            }
            for repeat in range(repeats):
                parameters = {"noise": noise, "repeat": repeat, "definition": definition, "budget": budget}
                ids.append(lake.run(evaluate, **made_of, **parameters, seed=1000 * seed + number).id)
    return ids
