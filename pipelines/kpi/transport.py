"""What an electrode or any other porous composite conducts: KPIs without a cell, also of a filter or catalyst layer.

Uncertainty is the standard error over the volumes that were measured, with half of what the solver leaves open between
its bounds, and what uncertain bulk properties make of it where their uncertainty is stated. A single volume does not
tell how far others lie: there is none. Of fractions and of the relative diffusivity there is none either, since the
scatter of the fractions is not recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import Kpi, KpiOutcome, Transport, TransportOutcome, kpi_stage

TORTUOSITY = Definition("pore_tortuosity_factor", "1", "porosity over relative diffusivity of the pores, through-plane")
DIFFUSIVITY = Definition(
    "pore_relative_diffusivity", "1", "effective over bulk diffusivity of the pores, through-plane"
)
CONDUCTIVITY = Definition("solid_effective_conductivity", "S/m", "electronic, through-plane, of all solids together")
AREA = Definition("specific_surface_area", "1/m", "area between active material and pore over volume")
POROSITY = Definition("porosity", "1", "volume of the resolved pores over that of the whole")
ACTIVE_MATERIAL = Definition("active_material_fraction", "1", "volume of active material over that of the whole")
CARBON_BINDER = Definition("carbon_binder_fraction", "1", "volume of carbon-binder, nanopores included, over the whole")
_TAU, _SIGMA = "pore_tortuosity_factor", "solid_effective_conductivity_siemens_per_metre"


@kpi_stage(
    "kpi.transport",
    gives={
        "pore_tortuosity_factor": "1",
        "pore_relative_diffusivity": "1",
        "solid_effective_conductivity": "S/m",
        "specific_surface_area": "1/m",
        "porosity": "1",
        "active_material_fraction": "1",
        "carbon_binder_fraction": "1",
    },
    complete=True,
)
def transport_properties(transport: Transport) -> Mapping[str, Kpi]:
    """The metrics of an electrode as KPIs.

    Parameters
    ----------
    transport
        Metrics of one volume, or the mean of several.

    Returns
    -------
    Mapping
        Name -> KPI: pore_tortuosity_factor, pore_relative_diffusivity, porosity, active_material_fraction,
        carbon_binder_fraction [-], solid_effective_conductivity [S/m], specific_surface_area [1/m]. Pores that do not
        cross the volume have the diffusivity 0 and no tortuosity factor.
    """
    one, area = transport, "specific_surface_area_per_metre"
    found = (
        _solved(TORTUOSITY, one, one.pore_tortuosity_factor, _TAU, _TAU),
        _solved(DIFFUSIVITY, one, one.porosity / one.pore_tortuosity_factor, _TAU),
        _solved(CONDUCTIVITY, one, one.solid_effective_conductivity_siemens_per_metre, _SIGMA, _SIGMA),
        _measured(AREA, one, one.specific_surface_area_per_metre, _error(one, area), one.surface_area_method),
        _measured(POROSITY, one, one.pore_fraction, None, "voxels counted"),
        _measured(ACTIVE_MATERIAL, one, one.active_material_fraction, None, "voxels counted"),
        _measured(CARBON_BINDER, one, one.carbon_binder_fraction, None, "voxels counted"),
    )
    return {kpi.name: kpi for kpi in found}


def _solved(definition: Definition, transport: Transport, value: float, field: str, scatter: str = "") -> Kpi:
    """A number that the solver gave by a field; `scatter` is the field whose standard error it has."""
    outcome = transport.pore_outcome if field == _TAU else transport.solid_outcome
    lower, upper = (getattr(transport, f"{field}_{end}") for end in ("lower", "upper"))
    if math.isinf(value):
        reason = "the pores do not cross the volume, so that it is infinite"
        return definition.missing(reason, KpiOutcome.NOT_APPLICABLE, _window(transport))
    if outcome is TransportOutcome.MAX_STEPS and upper is None:
        reason = "the solver met its largest number of steps and gives no bounds; allow it more"
        return definition.missing(reason, window=_window(transport))
    error = _error(transport, scatter) if scatter else None
    if error is not None and upper is not None:
        error = math.hypot(error, (upper - lower) / 2)
    by_materials = getattr(transport, f"materials_{scatter}_standard_error", None)
    if error is not None and by_materials is not None:
        error = math.hypot(error, by_materials)
    return _measured(definition, transport, value, error, transport.method)


def _measured(definition: Definition, transport: Transport, value: float, error: float | None, method: str) -> Kpi:
    known = "standard error of the mean, and the solver's bounds where it gives them"
    unknown = (
        "unknown for a single volume" if transport.volume_element_count == 1 else "unknown, the scatter is not recorded"
    )
    return definition.measured(
        value,
        uncertainty=error or None,
        count=transport.volume_element_count,
        method=f"{method}; uncertainty: {known if error else unknown}",
        window=_window(transport),
    )


def _error(transport: Transport, field: str) -> float | None:
    found: float | None = getattr(transport, f"{field}_standard_error")
    return found


def _window(transport: Transport) -> Window:
    edge = transport.edge_voxels * transport.voxel_size_metre * 1e6
    return Window(f"{transport.volume_element_count} volumes of {edge:.4g} um")
