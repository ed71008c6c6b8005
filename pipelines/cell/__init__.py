"""From a measured positive electrode to a full cell in its can, and from the cell to its discharge."""

from pipelines.cell.assembly import assemble_cell
from pipelines.cell.discharge import discharge_at_constant_current, discharge_at_constant_power

__all__ = ["assemble_cell", "discharge_at_constant_current", "discharge_at_constant_power"]
