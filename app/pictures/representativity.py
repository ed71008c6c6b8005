"""Representativity in four panels: bias and scatter against size, the voxel, and what a target costs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ragone.app.tables.answers import quantity
from ragone.schemas import Representativity

_DRAWN, _CUT, _FIT, _BEST = "#1f5f8b", "#d78700", "#888888", "crimson"
_DEMANDS = (("_", "for the scatter alone"), ("o", "with the bias"), ("v", "both at worst"))
_PERCENT = 100.0
_MICRO = 1e6


def draw_representativity(record: Representativity, name: str, path: str | Path) -> None:
    """Draw a record into a PNG file.

    Parameters
    ----------
    record
        The study.
    name
        What was studied; the title.
    path
        Of the file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8.5), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(2, 2)
    for draw, axes in zip((_bias, _scatter, _voxels, _cost), panels.flat, strict=True):
        draw(axes, record)
    bars = f"bars: {record.confidence * _PERCENT:g} % intervals; of the voxels, standard errors"
    figure.suptitle(f"{metric_name(record)} of {name}\n{bars}")
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def metric_name(record: Representativity) -> str:
    """The metric in words, without its unit."""
    words = record.metric.removesuffix("_siemens_per_metre").removesuffix("_per_metre")
    return words.replace("_", " ")


def unit_text(record: Representativity) -> str:
    """The unit for the eye."""
    return "-" if record.metric_unit == "1" else record.metric_unit


def _bias(axes: Any, record: Representativity) -> None:
    """Sizes as measured, against the largest; there the infinite volume lies at a distance that the law gives."""
    edges = _edges(record)
    for drawn, colour, label, shift in ((1, _DRAWN, "drawn", 0.99), (0, _CUT, "cut from larger", 1.01)):
        rows = record.drawn == drawn
        if rows.any():
            middle = record.bias_to_largest[rows] * _PERCENT
            ends = [record.bias_to_largest_low[rows] * _PERCENT, record.bias_to_largest_high[rows] * _PERCENT]
            errors = [middle - ends[0], ends[1] - middle]
            axes.errorbar(edges[rows] * shift, middle, errors, fmt="o", color=colour, capsize=4, label=label)
    length, target = record.bias_length_metre * _MICRO, record.target * _PERCENT
    first = max(edges.min(), record.fit_from_edge_voxels * record.voxel_size_metre * _MICRO)
    line = np.linspace(first, edges.max(), 99)
    over_largest = (1 + length / line) / (1 + length / edges.max()) - 1
    axes.plot(line, over_largest * _PERCENT, color=_FIT, label=r"$\propto$ 1 + b / edge")
    infinite = (1 / (1 + length / edges.max()) - 1) * _PERCENT
    axes.axhspan(infinite - target, infinite + target, color="tab:green", alpha=0.15, label="infinite volume ± target")
    value = quantity(record.infinite_size_value, unit_text(record), record.infinite_size_value_standard_error)
    axes.set(xlabel="edge of the volume element [um]", ylabel="mean against that of the largest [%]")
    axes.set(title=f"Bias; infinite volume {value.removesuffix(' -')}", xticks=np.unique(edges))
    axes.legend(frameon=False)


def _scatter(axes: Any, record: Representativity) -> None:
    edges, known = _edges(record), record.scatter > 0
    for drawn, colour, label in ((1, _DRAWN, "drawn"), (0, _CUT, "cut from larger")):
        rows = known & (record.drawn == drawn)
        if rows.any():
            middle = record.scatter[rows] * _PERCENT
            ends = [middle - record.scatter_low[rows] * _PERCENT, record.scatter_high[rows] * _PERCENT - middle]
            axes.errorbar(edges[rows], middle, ends, fmt="o", color=colour, capsize=4, label=label)
    title = "Scatter"
    if record.scatter_length_metre is not None and record.scatter_exponent is not None:
        line = np.linspace(edges.min(), edges.max() * 1.05, 100)
        length = record.scatter_length_metre * _MICRO
        label = f"({length:.3g} um / edge)$^{{3/2}}$"
        axes.plot(line, (length / line) ** 1.5 * _PERCENT, "--", color=_FIT, label=label)
        error = record.scatter_exponent_standard_error or 0.0
        title += rf" $\propto$ edge$^{{-p}}$, p = {record.scatter_exponent:.2f} ± {error:.2f}"
    if known.any():
        axes.set(xscale="log", yscale="log")
        axes.set_xticks(np.unique(edges), [f"{edge:.3g}" for edge in np.unique(edges)])
        axes.xaxis.set_minor_formatter("")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("{x:g}")
        axes.legend(frameon=False)
    axes.set(
        xlabel="edge of the volume element [um]", ylabel="standard deviation of single volume elements [%]", title=title
    )


def _voxels(axes: Any, record: Representativity) -> None:
    sizes = record.resolution_voxel_size_metre * _MICRO
    axes.set(
        xlabel="voxel size [um]", ylabel=f"{metric_name(record)} [{unit_text(record)}]", title="Voxels: not studied"
    )
    if record.zero_voxel_value is None or len(sizes) < 2:
        return
    zero = record.zero_voxel_value
    error = math.hypot(record.zero_voxel_value_standard_error or 0.0, record.zero_voxel_value_model_error or 0.0)
    axes.errorbar(sizes, record.resolution_mean, record.resolution_standard_error, fmt="o", color=_DRAWN, capsize=4)
    order = record.resolution_order
    slope = ((record.resolution_mean - zero) * sizes**order).sum() / (sizes ** (2 * order)).sum()
    line = np.linspace(0, sizes.max(), 100)
    axes.plot(line, zero + slope * line**order, color=_FIT, label=f"order {order:g}")
    axes.errorbar([0], [zero], [error], fmt="*", ms=12, color=_BEST, capsize=4, label="extrapolated")
    axes.axvline(record.voxel_size_metre * _MICRO, color=_FIT, ls=":", label="voxel of the study")
    bias = "" if record.resolution_bias is None else f", bias {record.resolution_bias * _PERCENT:+.2g} %"
    axes.set(xlim=(-0.05 * sizes.max(), None), title=f"Voxels: {record.resolution_structure_count} structures{bias}")
    axes.legend(frameon=False)


def _cost(axes: Any, record: Representativity) -> None:
    rows = np.flatnonzero(record.drawn == record.drawn[0])
    needed, high, unbiased = (
        column[rows]
        for column in (
            record.volume_elements_needed,
            record.volume_elements_needed_high,
            record.volume_elements_for_scatter,
        )
    )
    edges = record.edge_voxels[rows]
    most = max(10, 3 * int(max(needed.max(), high.max(), unbiased.max())))
    what = f"{record.target * _PERCENT:g} % at {record.confidence * _PERCENT:g} %"
    axes.set(
        xlabel="edge of the volume element [voxels]",
        ylabel="number of volume elements",
        title=f"Enough for {what}: coloured",
    )
    axes.set(yscale="log", ylim=(1.5, most), xlim=(-0.5, len(rows) - 0.5))
    axes.set_xticks(np.arange(len(rows)), [str(edge) for edge in edges])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    if needed.any():
        _cost_map(axes, edges, needed, most, record.cost_exponent)
    else:
        axes.text(0.5, 0.05, str(record.outcome), transform=axes.transAxes, ha="center")
    for column, (marker, label) in zip((unbiased, needed, high), _DEMANDS, strict=True):
        places = np.flatnonzero(column)
        axes.plot(places, column[places], marker, ms=9, mfc="none", mec="black", ls="none", label=label)
        for place in places:
            axes.annotate(str(column[place]), (place, column[place]), textcoords="offset points", xytext=(9, -3))
    if record.cheapest_edge_voxels is not None and record.cheapest_volume_element_count is not None:
        place = edges.tolist().index(record.cheapest_edge_voxels)
        axes.plot(place, record.cheapest_volume_element_count, "*", ms=16, ls="none", color=_BEST, label="cheapest")
    axes.legend(loc="lower left")


def _cost_map(axes: Any, edges: Any, needed: Any, most: int, exponent: float) -> None:
    """Cost of every number and size that is enough, over that of one of the largest volume elements."""
    from matplotlib.ticker import LogFormatter

    numbers = np.unique(np.geomspace(2, most, 60).astype(int))
    costs = numbers[:, None] * (edges / edges.max())[None, :] ** exponent
    enough = (needed > 0)[None, :] & (numbers[:, None] >= needed[None, :])
    shown = np.ma.masked_where(~enough, costs)
    mesh = axes.pcolormesh(np.arange(len(edges)), numbers, shown, cmap="viridis_r", norm="log", shading="nearest")
    bar = axes.figure.colorbar(mesh, ax=axes, label=f"cost, in volume elements of {edges.max()} voxels", format="{x:g}")
    bar.ax.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))


def _edges(record: Representativity) -> Any:
    return record.edge_voxels * record.voxel_size_metre * _MICRO
