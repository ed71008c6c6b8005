"""From a measured positive electrode to a full cell in its can, and from the cell to its discharge."""

from ragone.pipelines.cell.assembly import assemble_cell
from ragone.pipelines.cell.bpx_document import bpx_document
from ragone.pipelines.cell.catalogue import materials_of_set
from ragone.pipelines.cell.discharge import discharge_at_constant_current, discharge_at_constant_power
from ragone.pipelines.cell.engine import require_parameter_set
from ragone.pipelines.cell.form_factors import FORM_FACTORS, housing_of
from ragone.pipelines.cell.half_cell import assemble_half_cell
from ragone.pipelines.cell.ideal import ideal_transport
from ragone.pipelines.cell.perturb import perturb_cell, stated_uncertain
from ragone.pipelines.cell.published import (
    deviation_from_published,
    published_4680,
    published_4680_from_layers,
)
from ragone.pipelines.cell.reference import reference_cell

__all__ = [
    "FORM_FACTORS",
    "assemble_cell",
    "assemble_half_cell",
    "bpx_document",
    "deviation_from_published",
    "discharge_at_constant_current",
    "discharge_at_constant_power",
    "housing_of",
    "ideal_transport",
    "materials_of_set",
    "perturb_cell",
    "published_4680",
    "published_4680_from_layers",
    "reference_cell",
    "require_parameter_set",
    "stated_uncertain",
]
