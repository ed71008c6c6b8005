"""Stages that cost nothing, one for each way in which a stage can behave."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ragone.schemas import (
    CapacityFade,
    CellParameters,
    CycleLife,
    Design,
    FadeOutcome,
    Geometry,
    Kpi,
    LifeOutcome,
    Microstructure,
    Transport,
    stage,
)
from ragone.schemas.electrode import cubic_voxels

DRIFT = "RAGONE_TEST_DRIFT"  # makes the impure stages impure: what a change of environment would do


def kpi(value: float, name: str = "energy_density") -> Kpi:
    """A KPI of that value."""
    return Kpi(
        name=name, value=value, unit="W.h/L", outcome="measured", sample_count=1, definition="given", method="given"
    )


@stage("denser")
def denser(design: Design, *, by: float = 0.1) -> Design:
    """The design with less porosity."""
    return with_porosity(design, design.porosity * (1 - by))


@stage("age")
def age(cell: CellParameters, *, charge_rate: float, cycles: int) -> CapacityFade:
    """A fade of as many cycles, whose capacity is the rate."""
    return CapacityFade(
        cell_name="a cell",
        outcome=FadeOutcome.BUDGET,
        cycle_count=np.arange(1, cycles + 1),
        test_time_second=3600.0 * np.arange(cycles),
        discharging_capacity_ampere_hour=np.full(cycles, charge_rate),
        variables=np.empty((0, cycles)),
        method="given",
    )


@stage("read_life")
def read_life(fade: CapacityFade) -> CycleLife:
    """A censored life that does not say of which cell it is."""
    return CycleLife(
        cell_name=fade.cell_name,
        outcome=LifeOutcome.BUDGET,
        lower=float(fade.cycle_count[-1]),
        upper=None,
        criterion="80 % of the first capacity",
        method="given",
    )


@stage("endless")
def endless(design: Design) -> Design:
    """A stage that never ends."""
    while True:
        time.sleep(1)


@stage("greedy")
def greedy(design: Design) -> Kpi:
    """A stage that wants more memory than there is."""
    held = [b"x" * 2**28 for _ in range(100)]
    return kpi(float(len(held)))


@stage("blend")
def blend(designs: tuple[Design, ...], *, rule: str = "mean") -> Design:
    """One design of many: their mean, or the first of them."""
    chosen = [d.porosity for d in designs] if rule == "mean" else [designs[0].porosity]
    return with_porosity(designs[0], sum(chosen) / len(chosen))


@stage("steer", informed_by=("trials",))
def steer(start: Design, trials: tuple[Kpi, ...]) -> Design:
    """A decision: a design made of one, which takes results into account."""
    return with_porosity(start, start.porosity * (0.9 if sum(t.value or 0.0 for t in trials) > 0 else 0.8))


@stage("grow")
def grow(design: Design, *, edge: int = 4, seed: int) -> Microstructure:
    """A cube of random labels."""
    random = np.random.default_rng([seed, int(1e6 * design.porosity)])
    return Microstructure(
        labels=random.integers(0, 3, (edge, edge, edge), dtype=np.uint8),
        voxel_edges_metre=cubic_voxels(4e-7),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="random",
        licence="own",
    )


@stage("count")
def count(cube: Microstructure) -> Kpi:
    """The fraction of pores."""
    return kpi(float((cube.labels == 0).mean()))


@stage("halves")
def halves(design: Design) -> dict[str, Design]:
    """Two designs of one."""
    return {"lean": with_porosity(design, design.porosity / 2), "rich": with_porosity(design, 0.5)}


@stage("fragile")
def fragile(design: Design, *, limit: float = 0.5) -> Kpi:
    """A KPI, or an exception above the limit."""
    if design.porosity > limit:
        raise ValueError(f"porosity {design.porosity}\n is above {limit}")
    return kpi(design.porosity)


@stage("drifting")
def drifting(design: Design) -> Kpi:
    """A KPI that depends on the environment, as no stage should."""
    drift = os.environ.get(DRIFT, "0")
    if drift == "raise":
        raise RuntimeError("no licence for the solver")
    if drift == "exit":
        os._exit(3)
    return kpi(640.0 * (1 + float(drift)))


@stage("rounded")
def rounded(of: Kpi) -> Kpi:
    """The KPI to the nearest thousand: what hides a small change of its input."""
    return kpi(round(of.value, -3))


@stage("blocked")
def blocked(design: Design) -> Transport:
    """Metrics of an electrode that percolates or does not, by the environment."""
    drift = os.environ.get(DRIFT, "inf")
    return Transport(
        pore_fraction=0.45,
        active_material_fraction=0.4,
        carbon_binder_fraction=0.15,
        specific_surface_area_per_metre=3.74e5,
        surface_area_method="face counting",
        pore_tortuosity_factor=float(drift),
        pore_outcome="not percolating" if math.isinf(float(drift)) else "converged",
        solid_effective_conductivity_siemens_per_metre=2.0,
        solid_outcome="converged",
        active_material_conductivity_siemens_per_metre=0.18,
        carbon_binder_conductivity_siemens_per_metre=375.0,
        voxel_size_metre=4e-7,
        edge_voxels=64,
        volume_element_count=1,
        method="none",
    )


@stage("bounded")
def bounded(design: Design) -> Transport:
    """Metrics with certified intervals, which the first version of their kind did not keep."""
    metrics = blocked.function(design)
    return replace(metrics, pore_tortuosity_factor_lower=1.5, pore_tortuosity_factor_upper=2.5)


@stage("reshaped")
def reshaped(geometry: Geometry) -> Geometry:
    """A geometry with sphericities, which the first version of its kind did not keep."""
    return replace(geometry, mean_particle_sphericity=0.8, particle_sphericity=np.array([0.75, 0.85]))


@stage("nothing")
def nothing(design: Design) -> Kpi:
    """No record at all, as no stage should."""
    return None  # type: ignore[return-value]


def with_porosity(design: Design, porosity: float) -> Design:
    """The design with another porosity."""
    return Design.build({name: getattr(design, name) for name in Design.fields()} | {"porosity": porosity})


@stage("versioned", libraries=("numpy",))
def versioned(design: Design) -> Kpi:
    """A KPI that depends on a library's version."""
    return kpi(design.porosity)


@stage("ordered")
def ordered(design: Design, *, shares: dict[str, float]) -> Mapping[str, Design]:
    """A design of each share of the porosity, in the order in which the shares are written."""
    return {name: with_porosity(design, design.porosity * share) for name, share in shares.items()}
