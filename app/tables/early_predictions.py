"""What first cycles say of lives, as text: the error on held-out designs first, then the cells that run."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from ragone.app.tables.answers import wide_table
from ragone.schemas import EarlyOutcome, EarlyPrediction


def early_text(found: EarlyPrediction) -> RenderableType:
    """The outcome and its error, cells left out, and a row for each cell that runs."""
    words = [
        f"first {found.first_cycles} cycles of {found.life_count} cells, {found.death_count} dead: {found.outcome}"
    ]
    if found.outcome is not EarlyOutcome.TOO_FEW:
        words += [_error(found), _model(found)]
    words += [f"left out: {one}" for one in found.left_out]
    rows = [
        [found.cell_names[n], str(found.cycles_done[n]), f"{middle:.4g} ({low:.4g} to {high:.4g})"]
        for n, (low, middle, high) in enumerate(zip(found.life_low, found.life_median, found.life_high, strict=True))
    ]
    table = wide_table(["cell", "cycles", "life in cycles (90 %)"], rows)
    return Group(*map(Text, words), *((Text(), table) if rows else ()))


def _error(found: EarlyPrediction) -> str:
    return (
        f"on designs held out: off by {found.relative_error:.0%} (median; {found.relative_error_without:.0%} without "
        f"features), {found.interval_coverage:.0%} of the 90 % intervals hold, gain of the log-likelihood "
        f"{found.gain:+.2f} +- {found.gain_standard_error:.2f} a life"
        + ("" if found.concordance is None else f", concordance {found.concordance:.2f}")
    )


def _model(found: EarlyPrediction) -> str:
    terms = [f"{b:+.3g} {name}" for b, name in zip(found.coefficients, found.feature_names, strict=True)]
    return f"logarithm of a life: {' '.join([f'{found.intercept:.3g}', *terms])}, +- {found.deviation:.2g}"
