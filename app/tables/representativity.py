"""A study of representativity as data, and for the eye: a row for each size, then what follows from them."""

from __future__ import annotations

from typing import Any

from ragone.app.pictures.representativity import metric_name, unit_text
from ragone.app.tables.answers import number, quantity
from ragone.flows import RepresentativityResult
from ragone.schemas import Representativity

_HEADER = (
    "",
    "edge",
    "number",
    "mean",
    "to largest [%]",
    "bias [%]",
    "scatter [%]",
    "for scatter",
    "and bias",
    "at worst",
)
_WIDTHS = (5, 4, 6, 20, 14, 14, 11, 11, 8, 8)
_NEEDED = ("volume_elements_for_scatter", "volume_elements_needed", "volume_elements_needed_high")
_ENDS = ("", "_low", "_high")


def as_data(result: RepresentativityResult, picture: str) -> dict[str, Any]:
    """The study as data."""
    record = result.record
    vectors = [name for name, spec in record.fields().items() if spec.shape == "vector"]
    return {
        "representativity_id": result.record.id,
        "subject_id": result.subject_id,
        **{name: getattr(record, name) for name in record.fields() if name not in vectors},
        **{name: getattr(record, name).tolist() for name in vectors},
        "failures": list(result.failures),
        "picture": picture,
    }


def as_text(result: RepresentativityResult) -> str:
    """The study for the eye."""
    record = result.record
    rows = [_HEADER, *(_row(record, row) for row in range(len(record.drawn)))]
    table = [" ".join(f"{cell:>{width}}" for cell, width in zip(row, _WIDTHS, strict=True)) for row in rows]
    lines = [_infinite(record), _scatter(record), _voxels(record), _left_out(record), _decision(record)]
    return "\n".join([*table, "", *filter(None, lines), f"representativity {result.record.id}"])


def _row(record: Representativity, row: int) -> tuple[str, ...]:
    """Edges are in voxels of the size studied, biases with half of their interval."""
    needed = [str(int(getattr(record, name)[row]) or "-") for name in _NEEDED]
    return (
        "drawn" if record.drawn[row] else "cut",
        str(record.edge_voxels[row]),
        str(record.volume_element_count[row]),
        f"{record.mean[row]:.5g} ± {record.mean_standard_error[row]:.2g}",
        *(_percent(*(getattr(record, name + end)[row] for end in _ENDS)) for name in ("bias_to_largest", "bias")),
        f"{record.scatter[row] * 100:.2f}" if record.volume_element_count[row] > 1 else "-",
        *needed,
    )


def _percent(value: float, low: float, high: float) -> str:
    return f"{value * 100:+.2f} ± {(high - low) * 50:.2f}"


def _infinite(record: Representativity) -> str:
    value = quantity(record.infinite_size_value, unit_text(record), record.infinite_size_value_standard_error)
    return f"{metric_name(record)} of an infinite volume: {value} (misfit of the 1/edge law: {record.bias_misfit:.2g})"


def _scatter(record: Representativity) -> str:
    if record.scatter_exponent is None or record.scatter_length_metre is None:
        return ""
    exponent = quantity(record.scatter_exponent, "", record.scatter_exponent_standard_error).removesuffix(" -")
    length = number(record.scatter_length_metre * 1e6)
    return f"scatter ~ edge^-p, p = {exponent}; by the integral-range law ({length} um / edge)^(3/2)"


def _voxels(record: Representativity) -> str:
    if record.zero_voxel_value is None:
        return ""
    errors = {
        "statistical": record.zero_voxel_value_standard_error,
        "of the model": record.zero_voxel_value_model_error,
    }
    spread = ", ".join(f"± {error:.2g} {what}" for what, error in errors.items() if error is not None)
    bias = record.resolution_bias
    of_voxel = "" if bias is None else f"; bias of the voxel studied {bias * 100:+.2f} %"
    return f"at voxels of size zero: {number(record.zero_voxel_value)} {spread} {unit_text(record)}{of_voxel}"


def _left_out(record: Representativity) -> str:
    return f"left out: {record.left_out}" if record.left_out else ""


def _decision(record: Representativity) -> str:
    question = f"{record.target * 100:g} % at {record.confidence * 100:g} %"
    if (
        record.cheapest_volume_element_count is None
        or record.cheapest_error_low is None
        or record.cheapest_error_high is None
    ):
        return f"{question}: {record.outcome}"
    low, high = record.cheapest_error_low * 100, record.cheapest_error_high * 100
    return (
        f"{question}: cheapest {record.cheapest_volume_element_count} volume elements "
        f"of {record.cheapest_edge_voxels} voxels, "
        f"error from {low:+.2f} to {high:+.2f} %"
    )
