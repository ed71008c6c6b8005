"""The sweeps over the voxels, against a dense operator; fields of both precisions, slabs, periodic sides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise.kernel.conjugate_gradients import FIELDS, ConjugateGradients
from ragone.pipelines.characterise.kernel.operator import Operator
from ragone.pipelines.characterise.kernel.solver import Problem, prepare
from ragone.pipelines.characterise.kernel.sweeps import make_scratch, multiply
from ragone.pipelines.characterise.kernel.volume import read_volume, wrap

Floats = npt.NDArray[np.float64]

ONE_PHASE = {0: 0.0, 1: 1.0, 2: 1.0}
TWO_PHASES = {0: 0.0, 1: 1.0, 2: 50.0}


def problem(
    conductivities: dict[int, float],
    *,
    periodic: bool = False,
    shape: tuple[int, int, int] = (9, 6, 5),
    voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    tolerance: float = 1e-9,
) -> Problem:
    """A random volume, ready to be solved."""
    labels = np.random.default_rng(3).integers(0, 3, shape).astype(np.uint8)
    labels[:, 0, 0] = 1
    volume = read_volume(labels, conductivities, axis=0, voxel_size=voxel_size, periodic=(False, periodic, periodic))
    prepared = prepare(volume, tolerance)
    assert prepared is not None
    return prepared


def dense(operator: Operator) -> Floats:
    """The operator as a matrix over all voxels, face by face; zero rows where nothing conducts."""
    volume = operator.volume
    phase, pairs = volume.phase[1:-1, 1:-1, 1:-1], volume.pair_conductances()
    number = np.arange(phase.size).reshape(phase.shape)
    matrix = np.zeros((phase.size, phase.size))
    for voxel in np.ndindex(*phase.shape):
        here = number[voxel]
        if voxel[0] in (0, phase.shape[0] - 1):
            matrix[here, here] += 2 * volume.weights[0] * pairs[phase[voxel], phase[voxel]]
        for axis in range(3):
            beside = list(voxel)
            beside[axis] = (beside[axis] + 1) % phase.shape[axis]
            if beside[axis] == 0 and not volume.periodic[axis]:
                continue
            there = number[tuple(beside)]
            conductance = volume.weights[axis] * pairs[phase[voxel], phase[tuple(beside)]]
            matrix[[here, there], [here, there]] += conductance
            matrix[[here, there], [there, here]] -= conductance
    return matrix


def layers(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A field with the voxels of each layer in a row."""
    return values.reshape(len(values), -1)


@pytest.mark.parametrize("tolerance", [1e-9, 1e-3])
@pytest.mark.parametrize("voxel_size", [(1.0, 1.0, 1.0), (1.0, 0.5, 2.0)])
@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("conductivities", [ONE_PHASE, TWO_PHASES])
def test_the_product_is_that_of_the_matrix(
    conductivities: dict[int, float], periodic: bool, voxel_size: tuple[float, float, float], tolerance: float
) -> None:
    """A sweep multiplies by the operator of all faces, and sums x . A x, over more layers than one slab has."""
    prepared = problem(conductivities, periodic=periodic, voxel_size=voxel_size, tolerance=tolerance, shape=(41, 5, 4))
    operator = prepared.operator
    x = np.zeros(operator.diagonal.shape, operator.dtype)
    x[1:-1, 1:-1, 1:-1] = np.random.default_rng(0).normal(size=operator.volume.shape)
    x[operator.volume.phase == 0] = 0
    wrap(x, operator.volume.periodic)
    out, sums = np.zeros_like(x), np.zeros(len(x))
    scratch = make_scratch(len(x), x[0].size, x.dtype)
    multiply(layers(x), *operator.layers(), x.shape[2], scratch, layers(out), sums)
    inside = x[1:-1, 1:-1, 1:-1].ravel().astype(float)
    expected = dense(operator) @ inside
    close = 1e-12 if operator.dtype == np.float64 else 2e-5
    assert np.allclose(out[1:-1, 1:-1, 1:-1].ravel(), expected, rtol=0, atol=close * np.abs(expected).max())
    assert math.fsum(sums) == pytest.approx(float(inside @ expected), rel=close)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("conductivities", [ONE_PHASE, TWO_PHASES])
def test_the_iteration_solves_its_equations(conductivities: dict[int, float], periodic: bool) -> None:
    """The deviation approaches the direct solution, the energy falls by what each step says, quickly."""
    prepared = problem(conductivities, periodic=periodic)
    operator = prepared.operator
    conducting = operator.volume.phase[1:-1, 1:-1, 1:-1].ravel() > 0
    matrix = dense(operator)[np.ix_(conducting, conducting)]
    right = np.zeros(operator.diagonal.shape)
    right[1:-1, 1:-1, 1:-1] = np.random.default_rng(1).normal(size=operator.volume.shape)
    right[operator.volume.phase == 0] = 0
    source = right[1:-1, 1:-1, 1:-1].ravel()[conducting]
    exact = np.linalg.solve(matrix, source)
    fields = [np.zeros_like(right) for _ in range(FIELDS)]
    gradients = ConjugateGradients(operator, prepared.pieces, prepared.levels, fields)
    gradients.left[...] = right
    energies = [float(exact @ matrix @ exact)]
    for _ in range(12):
        fall = gradients.step()
        error = gradients.deviation[1:-1, 1:-1, 1:-1].ravel()[conducting] - exact
        energies.append(float(error @ matrix @ error))
        assert energies[-2] - energies[-1] == pytest.approx(fall, rel=1e-6, abs=1e-12 * energies[0])
    assert energies[-1] < 1e-8 * energies[0]
