"""The conjugate gradients on a torch device, here its CPU, beside the compiled ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.errors import DeviceError
from ragone.pipelines.characterise.kernel import effective_conductivities, effective_conductivity
from ragone.pipelines.characterise.kernel.conjugate_gradients import FIELDS, ConjugateGradients
from ragone.pipelines.characterise.kernel.operator import ALONG_FIRST_AXIS, residual
from ragone.pipelines.characterise.kernel.solver import Problem, prepare
from ragone.pipelines.characterise.kernel.torch_gradients import TorchGradients
from ragone.pipelines.characterise.kernel.volume import read_volume
from ragone.schemas import TransportOutcome

TORCH = "torch:cpu"
SINGLE, DOUBLE = 1e-3, 1e-7  # tolerances, and so precisions

_CONTRAST = {0: 0.0, 1: 1.0, 2: 1000.0, 3: 30.0}


@dataclass(frozen=True)
class Case:
    """A volume to be solved, by the shape of its random labels."""

    shape: tuple[int, int, int]
    conductivities: dict[int, float]
    options: dict[str, Any] = field(default_factory=dict)

    def labels(self) -> npt.NDArray[np.uint8]:
        """Clusters of 2 x 2 x 2 voxels, cut to the shape."""
        coarse = np.random.default_rng(5).integers(0, len(self.conductivities), [n // 2 + 1 for n in self.shape])
        fine = coarse.repeat(2, 0).repeat(2, 1).repeat(2, 2)
        return fine[tuple(slice(n) for n in self.shape)].astype(np.uint8)


CASES = {
    "one phase": Case((26, 21, 23), {0: 1.0, 1: 0.0, 2: 1.0}),
    "contrast 1000": Case((24, 22, 19), _CONTRAST),
    "anisotropic voxels": Case((17, 24, 20), {0: 1.0, 1: 0.0, 2: 1.0}, {"voxel_size": (1.0, 2.5, 0.7), "axis": 1}),
    "periodic sides": Case((20, 22, 24), {0: 1.0, 1: 0.0, 2: 1.0}, {"periodic_sides": True}),
    "all at once": Case((21, 20, 23), _CONTRAST, {"voxel_size": (2.0, 1.0, 3.0), "axis": 2, "periodic_sides": True}),
    "one voxel": Case((1, 1, 1), {0: 2.0}),
}


def _problem(case: Case, tolerance: float) -> Problem:
    axis = case.options.get("axis", 0)
    joined = tuple(case.options.get("periodic_sides", False) and a != axis for a in range(3))
    voxel_size = case.options.get("voxel_size", (1.0, 1.0, 1.0))
    volume = read_volume(
        case.labels(),
        case.conductivities,
        axis=axis,
        voxel_size=voxel_size,
        periodic=(joined[0], joined[1], joined[2]),
    )
    problem = prepare(volume, tolerance)
    assert problem is not None
    return problem


def _gradients(problem: Problem, device: str | None = None) -> Any:
    operator = problem.operator
    fields = [np.zeros(operator.diagonal.shape, operator.dtype) for _ in range(FIELDS)]
    parts = operator, problem.pieces, problem.levels, fields
    gradients = ConjugateGradients(*parts) if device is None else TorchGradients(*parts, device)
    residual(operator, gradients.deviation, ALONG_FIRST_AXIS, gradients.left)
    return gradients


@pytest.mark.parametrize(("tolerance", "rounding"), [(SINGLE, 2e-4), (DOUBLE, 1e-10)])
@pytest.mark.parametrize("name", CASES)
def test_iterates_are_those_of_the_compiled_kernel(name: str, tolerance: float, rounding: float) -> None:
    """Every step lowers the energy by as much, and leads to the same potential, up to rounding."""
    problem = _problem(CASES[name], tolerance)
    compiled, torch = _gradients(problem), _gradients(problem, "cpu")
    largest = 0.0
    for _ in range(5):
        fall = compiled.step()
        largest = max(largest, fall)
        assert torch.step() == pytest.approx(fall, rel=10 * rounding, abs=rounding * largest)
        ours, theirs = (each.deviation[1:-1, 1:-1, 1:-1] for each in (torch, compiled))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=rounding * max(np.abs(theirs).max(), 1e-3))


@pytest.mark.parametrize("tolerance", [SINGLE, DOUBLE])
@pytest.mark.parametrize("name", CASES)
def test_result_is_that_of_the_compiled_kernel(name: str, tolerance: float) -> None:
    """Outcome and number of iterations are equal; value and interval agree far inside of the tolerance."""
    case = CASES[name]
    options = case.options | {"relative_tolerance": tolerance}
    compiled = effective_conductivity(case.labels(), case.conductivities, **options)
    torch = effective_conductivity(case.labels(), case.conductivities, device=TORCH, **options)
    assert (torch.outcome, torch.iterations) == (compiled.outcome, compiled.iterations)
    assert torch.outcome is TransportOutcome.CONVERGED
    for bound in ("value", "lower", "upper"):
        assert getattr(torch, bound) == pytest.approx(getattr(compiled, bound), rel=0.02 * tolerance)


def test_result_is_repeated_to_the_last_bit() -> None:
    """Two solves on torch's CPU, on one device, are equal, in a batch too."""
    case = CASES["contrast 1000"]
    first = effective_conductivity(case.labels(), case.conductivities, device=TORCH)
    batch = effective_conductivities([case.labels()] * 3, case.conductivities, device=TORCH)
    assert batch == [first] * 3


def test_iteration_limit_holds_on_a_device() -> None:
    """A solve that is stopped early says so, and its interval still holds the value."""
    case = CASES["one phase"]
    exact = effective_conductivity(case.labels(), case.conductivities, relative_tolerance=1e-8).value
    stopped = effective_conductivity(case.labels(), case.conductivities, largest_iteration_count=2, device=TORCH)
    assert (stopped.outcome, stopped.iterations) == (TransportOutcome.MAX_STEPS, 2)
    assert stopped.lower < exact < stopped.upper


def test_deviation_is_of_the_latest_step() -> None:
    """The potential that comes back from the device follows every step, its padding filled."""
    gradients = _gradients(_problem(CASES["periodic sides"], SINGLE), "cpu")
    before = gradients.deviation.copy()
    gradients.step()
    after = gradients.deviation.copy()
    assert np.abs(before).max() == 0 < np.abs(after).max()
    np.testing.assert_array_equal(after[:, 0], after[:, -2])
    np.testing.assert_array_equal(after[:, :, -1], after[:, :, 1])


@pytest.mark.parametrize("device", ["cuda:77", "abacus"])
def test_device_that_is_not_there_is_refused(device: str) -> None:
    """The error names the device and what to choose instead."""
    with pytest.raises(DeviceError, match=f"device = '{device}' .*device='cpu'"):
        effective_conductivity(np.ones((4, 4, 4), np.uint8), {1: 1.0}, device=device)
