"""What a cell is made of, as a table: mass, volume and share of every component, with and without the housing."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from ragone.schemas import CellParameters, NegativeElectrode

_ROWS = ("mass_kilogram", "volume_cubic_metre")
_SUMS = {"without_can": "without housing", "with_can": "with housing"}


def cell_table(cell: CellParameters) -> Table:
    """A row per component, the heaviest first, and both sums."""
    table = Table(title=Text("components"), title_justify="left", show_edge=False, box=None, padding=(0, 2, 0, 0))
    table.add_column("component")
    for column in ("mass [g]", "share [%]", "volume [mL]"):
        table.add_column(Text(column), justify="right")
    parts: Mapping[str, Mapping[str, float]] = cell.components.get("components", {})
    total = sum(part["mass_kilogram"] for part in parts.values())
    for name, part in sorted(parts.items(), key=lambda item: -item[1]["mass_kilogram"]):
        table.add_row(name.replace("_", " "), *_cells(part, total))
    for key, name in _SUMS.items():
        if key in cell.components:
            table.add_row(Text(name, style="bold"), *_cells(cell.components[key], total))
    return table


def described(cell: CellParameters) -> str:
    """The lines above the table: outcome, area, layers, capacity, and how it is wound."""
    lines = [
        f"{cell.form_factor} on {cell.chemistry}: {cell.outcome}",
        f"electrode area {cell.electrode_area_square_metre:.4g} m^2, positive coating "
        f"{cell.positive_thickness_metre * 1e6:.4g} um, {_opposite(cell)}",
        f"nominal capacity {cell.nominal_capacity_ampere_hour:.4g} A.h, mass {cell.cell_mass_kilogram * 1e3:.4g} g, "
        f"volume {cell.cell_volume_cubic_metre * 1e6:.4g} mL",
    ]
    geometry = cell.components.get("geometry", {})
    if geometry:
        lines.append(", ".join(f"{_named(name)} {_measure(name, value)}" for name, value in geometry.items()))
    return "\n".join([*lines, cell.method])


def _opposite(cell: CellParameters) -> str:
    if cell.negative_electrode is NegativeElectrode.LITHIUM_METAL:
        return "lithium metal opposite"
    source = cell.negative_coating_source or ("measured" if cell.negative_porosity else "")  # older records name none
    return (
        f"negative coating {cell.negative_thickness_metre * 1e6:.4g} um "
        f"(N/P {cell.negative_to_positive_capacity_ratio:.4g}{f', {source}' if source else ''})"
    )


def _named(name: str) -> str:
    return name.removesuffix("_metre").replace("_", " ")


def _measure(name: str, value: float) -> str:
    return f"{value * 1e3:.4g} mm" if name.endswith("_metre") else f"{value:.4g}"


def _cells(part: Mapping[str, float], total: float) -> list[Text]:
    mass, volume = (part[name] for name in _ROWS)
    share = 100 * mass / total if total else 0.0
    return [Text(f"{mass * 1e3:.3f}"), Text(f"{share:.1f}"), Text(f"{volume * 1e6:.3f}")]
