"""An allocation of cycles as text: what each cell is run on for and why, the designs, and what is gained."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import short, wide_table
from ragone.schemas import CycleAllocation


def allocation_text(found: CycleAllocation) -> RenderableType:
    """Cells that are run on first, then designs, the longest-lived first, and one line of what is gained."""
    spent = int(found.cycles_added.sum())
    words = [f"{spent} of {found.cycle_budget} cycles, to know {found.aim}"]
    if spent < found.cycle_budget - found.block:
        words.append("the others would teach little or nothing, or a step to the next level would take more")
    gained = (
        f"{found.doubt_meaning}: {found.doubt_now:.3g} now, {found.doubt_expected:.3g} expected after these cycles, "
        f"{found.doubt_equal_shares:.3g} if they were shared equally"
    )
    return Group(Text("; ".join(words)), _cells(found), Text(), _designs(found), Text(), Text(gained))


def _cells(found: CycleAllocation) -> Table:
    order = sorted(range(len(found.cell_names)), key=lambda n: (-int(found.cycles_added[n]), found.cell_names[n]))
    rows = [
        [
            found.cell_names[n],
            short(found.fade_ids[n]) or "to be started",
            short(found.cell_designs[n]),
            str(found.cycles_done[n]),
            f"+{found.cycles_added[n]}" if found.cycles_added[n] else "0",
            f"{found.loss_now[n]:.0%}",
            f"{found.loss_expected[n]:.0%}",
            _span(found.life_low[n], found.life_median[n], found.life_high[n]),
            found.reasons[n],
        ]
        for n in order
    ]
    heads = ["cell", "fade", "design", "cycles", "run on", "loss now", "then", "life in cycles (95 %)", "because"]
    return wide_table(heads, rows)


def _designs(found: CycleAllocation) -> Table:
    order = sorted(range(len(found.design_names)), key=lambda n: -float(found.design_median[n]))
    rows = [
        [
            short(found.design_names[n]),
            _span(found.design_low[n], found.design_median[n], found.design_high[n]),
            f"{found.probability_best[n]:.1%}",
        ]
        for n in order
    ]
    return wide_table(["design", "median life in cycles (95 %)", "longest-lived"], rows)


def _span(low: float, middle: float, high: float) -> str:
    return f"{middle:.4g} ({low:.4g} to {high:.4g})"
