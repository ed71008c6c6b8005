"""How uncertain is a KPI, and what should be measured to know it better? Priors, draws of them, and their shares."""

from ragone.pipelines.uncertainty.budget import estimate_shares
from ragone.pipelines.uncertainty.collect import collect_priors
from ragone.pipelines.uncertainty.draws import draw_cell, draw_materials, draw_transport
from ragone.pipelines.uncertainty.manufactured import vary_cell
from ragone.pipelines.uncertainty.robustness import share_near_best
from ragone.pipelines.uncertainty.tolerances import collect_tolerances

__all__ = [
    "collect_priors",
    "collect_tolerances",
    "draw_cell",
    "draw_materials",
    "draw_transport",
    "estimate_shares",
    "share_near_best",
    "vary_cell",
]
