"""What a transport tensor must be: three by three, an outcome for each axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ragone.schemas import Boundary, TransportTensor
from ragone.schemas.errors import BoundsError, FieldShapeError, NotFiniteError, UnknownFieldError

Example = Callable[..., TransportTensor]

MATRICES = [
    "pore_relative_diffusivity",
    "pore_relative_diffusivity_half_width",
    "pore_principal_axes",
    "solid_conductivity_siemens_per_metre",
    "solid_conductivity_siemens_per_metre_half_width",
    "solid_principal_axes",
]
PRINCIPAL_VALUES = ["pore_principal_values", "solid_principal_values_siemens_per_metre"]
OUTCOMES = ["pore_outcomes", "solid_outcomes"]


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("shape", [(1, 3), (3, 1), (2, 2), (4, 4), (0, 0)])
def test_tensors_are_three_by_three(example: Example, name: str, shape: tuple[int, int]) -> None:
    """Another shape is refused, and both are named."""
    with pytest.raises(FieldShapeError, match=rf"{name} has shape \({shape[0]}, {shape[1]}\); \(3, 3\) is needed"):
        example("transport_tensor", **{name: np.zeros(shape)})


@pytest.mark.parametrize("name", PRINCIPAL_VALUES)
@pytest.mark.parametrize("shape", [(3, 3), (3, 1), (1, 2)])
def test_principal_values_are_one_row_of_three(example: Example, name: str, shape: tuple[int, int]) -> None:
    """Another shape is refused, and both are named."""
    with pytest.raises(FieldShapeError, match=rf"{name} has shape .*; \(1, 3\) is needed"):
        example("transport_tensor", **{name: np.zeros(shape)})


@pytest.mark.parametrize("name", OUTCOMES)
@pytest.mark.parametrize("given", [(), ("converged",) * 2, ("converged",) * 4, ("converged", "converged", "fine")])
def test_each_axis_has_an_outcome(example: Example, name: str, given: tuple[str, ...]) -> None:
    """Neither more nor less than three, each a member of TransportOutcome; the message lists them."""
    with pytest.raises(FieldShapeError, match=f"{name} = .*not percolating"):
        example("transport_tensor", **{name: given})


REFUSED: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"boundary": "open"}, UnknownFieldError),
    ({"pore_relative_diffusivity": np.full((3, 3), np.nan)}, NotFiniteError),
    ({"pore_anisotropy": -1.0}, BoundsError),
    ({"solid_anisotropy": math.nan}, NotFiniteError),
    ({"pore_fraction": 1.1}, BoundsError),
]


@pytest.mark.parametrize(("changes", "error"), REFUSED, ids=[next(iter(c)) for c, _ in REFUSED])
def test_values_out_of_range_are_refused(example: Example, changes: dict[str, Any], error: type[Exception]) -> None:
    """The field is named."""
    with pytest.raises(error, match=next(iter(changes))):
        example("transport_tensor", **changes)


def test_tensors_may_be_negative_off_the_diagonal_and_anisotropy_infinite(example: Example) -> None:
    """Both are physics, not errors."""
    tilted = np.array([[0.0, 0, 0], [0, 0.2, -0.1], [0, -0.1, 0.2]])
    tensor = example("transport_tensor", pore_relative_diffusivity=tilted, pore_anisotropy=math.inf)
    assert tensor.boundary is Boundary.PERIODIC
    assert TransportTensor.from_arrow(tensor.to_arrow()).pore_relative_diffusivity.tolist() == tilted.tolist()


def test_tortuosity_factors_follow_from_the_diagonal(example: Example) -> None:
    """Pore fraction over diffusivity; infinite where nothing passes."""
    tensor = example("transport_tensor", pore_relative_diffusivity=np.diag([0.225, 0.0, 0.45]), pore_fraction=0.45)
    assert tensor.pore_tortuosity_factors().tolist() == [2.0, math.inf, 1.0]


def test_the_first_version_called_nothing_isotropic(example: Example) -> None:
    """Where nothing crosses there was a one: it is read as no value, and written as a one in the old form."""
    closed = {"solid_conductivity_siemens_per_metre": np.zeros((3, 3)), "solid_outcomes": ("not percolating",) * 3}
    now = example("transport_tensor", **closed, solid_anisotropy=None)
    old = now.to_arrow(version=1)
    assert old.column("solid_anisotropy").to_pylist() == [1.0]
    assert not old.schema.field("solid_anisotropy").nullable
    read = TransportTensor.from_arrow(old)
    assert (read.solid_anisotropy, read.pore_anisotropy) == (None, now.pore_anisotropy)
    isotropic = example("transport_tensor", solid_anisotropy=1.0)
    assert TransportTensor.from_arrow(isotropic.to_arrow(version=1)).solid_anisotropy == 1.0
