"""Cells around measured electrodes: of NMC 811 and the usual loading unless said otherwise."""

from __future__ import annotations

from typing import Any

from ragone.pipelines.cell import assemble_cell, assemble_half_cell
from ragone.schemas import CellDesign, CellParameters, Materials, Transport
from ragone.schemas.materials import NMC_811

LOADING = 0.2  # kg/m^2


def design(**choices: Any) -> CellDesign:
    """What a cell is asked to be."""
    return CellDesign(**{"mass_loading_kilogram_per_square_metre": LOADING, **choices})


def full_cell(transport: Transport, materials: Materials = NMC_811, **choices: Any) -> CellParameters:
    """A full cell; keyword arguments are fields of its design."""
    return assemble_cell(transport, materials, design(**choices))


def half_cell(transport: Transport, materials: Materials = NMC_811, **choices: Any) -> CellParameters:
    """A half cell; keyword arguments are fields of its design."""
    return assemble_half_cell(transport, materials, design(**choices))


def conductivities(materials: Materials) -> dict[str, float]:
    """What metrics that were computed with these materials say of them."""
    names = ("active_material_conductivity_siemens_per_metre", "carbon_binder_conductivity_siemens_per_metre")
    return {name: getattr(materials, name) for name in names}
