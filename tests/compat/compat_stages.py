"""The stages of the lakes that are kept here. Do not change them: they are code of the past."""

from __future__ import annotations

from ragone.schemas import Design, Kpi, stage


@stage("thinned")
def thinned(design: Design, *, by: float = 0.25) -> Design:
    """The design with a thinner coating."""
    values = {name: getattr(design, name) for name in Design.fields()}
    loading = design.mass_loading_kilogram_per_square_metre * (1 - by)
    return Design.build(values | {"mass_loading_kilogram_per_square_metre": loading})


@stage("valued")
def valued(design: Design, *, seed: int) -> Kpi:
    """A KPI of a design, refused for odd seeds."""
    if seed % 2:
        raise ValueError(f"seed = {seed} is odd")
    return Kpi(
        name="energy_density",
        value=1000 * design.porosity + seed,
        unit="W.h/L",
        outcome="measured",
        sample_count=1,
        definition="given",
        method="given",
    )
