"""How well does a heterogeneous volume conduct along axis 0? Steady conduction by TauFactor's SOR on the CPU.

Fixed potential on the two end faces of axis 0, no flux through the others. Discretisation, sweep and relaxation
factor are TauFactor's. Where we depart from it, on purpose:

- Only clusters that touch both ends (6-connectivity) enter; the rest carries nothing and slows the solve.
- Double precision: in single, the flux of a solid of contrast 100 stops converging at a spread of 2.5e-4 (64^3).
- Potentials are fixed half a voxel outside the end layers in both solvers; TauFactor's multi-phase solver holds them
  a whole voxel outside, which makes the slab one voxel thicker.
- The sweeps start from the field of `warm_start`, and are left out where it meets the tolerance already. From
  TauFactor's linear field a packed electrode whose solids differ by 6e4 in conductivity (64^3, adhesion 0.2) was still
  19 % off after 8000 sweeps.
- Convergence is judged on the fluxes through the layers, relative, summed in a fixed order; nothing is printed.
  All else is elementwise, so the result does not depend on the number of threads.

What it does not do: no periodic sides, no anisotropic voxels, no estimate of the error by resolution.

References
----------
Cooper et al. 2016, SoftwareX 5, 203, doi 10.1016/j.softx.2016.09.002. Kench, Squires, Cooper 2023, J. Open Source
Softw. 8, 5358, doi 10.21105/joss.05358.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label

from ragone.pipelines.characterise.warm_start import initial_potential
from ragone.schemas import TransportOutcome

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Conduction:
    """Effective conductivity along axis 0, in the unit of the conductivities given, and how the solve ended."""

    conductivity: float
    outcome: TransportOutcome


def spanning_clusters(conducts: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Voxels of the clusters (6-connectivity) that touch both end layers of axis 0; shape as given."""
    clusters, _ = label(conducts)
    both = np.intersect1d(clusters[0], clusters[-1])
    return np.asarray(np.isin(clusters, both[both > 0]))


def effective_conductivity(
    labels: Labels, conductivities: Mapping[int, float], *, relative_tolerance: float, largest_step_count: int
) -> Conduction:
    """Effective conductivity of a labelled volume along axis 0.

    Parameters
    ----------
    labels
        Shape (x, y, z). Labels without a conductivity, or with zero, insulate.
    conductivities
        Label to bulk conductivity [any unit], >= 0.
    relative_tolerance
        Largest difference between the fluxes through the layers, as a part of the largest [-]; where sweeps are
        needed, also the largest change of the effective conductivity over 100 of them.
    largest_step_count
        Sweeps after which the value so far is returned [-]; none are needed where the start meets the tolerance.

    Returns
    -------
    Conduction
        Zero and not percolating if no cluster spans the volume.
    """
    conducting = {given: value for given, value in conductivities.items() if value > 0}
    spans = spanning_clusters(np.isin(labels, list(conducting)))
    if not spans.any():
        return Conduction(0.0, TransportOutcome.NOT_PERCOLATING)
    scale = max(conducting.values())
    present = [given for given in conducting if np.any(spans & (labels == given))]
    relative = [conducting[given] / scale for given in present]
    compact = np.zeros(labels.shape, dtype=np.uint8)
    for position, given in enumerate(present, start=1):
        compact[spans & (labels == given)] = position
    if labels.shape[0] == 1:  # every voxel joins the two ends; TauFactor looks at planes between layers
        mean = float(np.array([0.0, *relative])[compact].mean())
        return Conduction(scale * mean, TransportOutcome.CONVERGED)
    binary, multi_phase = _solvers()
    solver = binary(compact) if relative == [1.0] else multi_phase(compact, relative)
    solver.start_from(initial_potential(np.array([0.0, *relative])[compact]))
    converged = solver.uniform(relative_tolerance)
    if not converged:
        solver.solve(iter_limit=largest_step_count, verbose=False, conv_crit=relative_tolerance)
        converged = solver.converged
    outcome = TransportOutcome.CONVERGED if converged else TransportOutcome.MAX_STEPS
    return Conduction(scale * solver.effective(), outcome)


@cache
def _solvers() -> tuple[Any, Any]:
    """TauFactor's binary and multi-phase solver, quiet and in double precision; made on first use."""
    import torch
    from taufactor import MultiPhaseSolver, Solver

    class Quiet:
        """Behaviour that both solvers share; comes before TauFactor's class in the order of resolution."""

        # TauFactor assigns its default, single precision; the setter ignores it.
        precision = property(lambda self: torch.float64, lambda self, value: None)

        def start_from(self: Any, potential: npt.NDArray[np.float64]) -> None:
            self.field[0, 1:-1, 1:-1, 1:-1] = torch.from_numpy(potential)
            self.previous = self.effective()

        def layer_fluxes(self: Any) -> npt.NDArray[np.float64]:
            """Mean flux through each plane between two layers, for a mean gradient of one per voxel."""
            flux = self.vertical_flux()[0].numpy()
            return np.asarray(flux.sum(axis=(1, 2)) * (self.Nx / (self.Ny * self.Nz)))

        def effective(self: Any) -> float:
            return float(self.layer_fluxes().mean())

        def check_convergence(self: Any, verbose: object, conv_crit: float, plot_interval: object) -> bool:
            value = self.effective()
            steady = abs(value - self.previous) < conv_crit * value
            self.previous = value
            return bool(steady and self.uniform(conv_crit))

        def uniform(self, tolerance: float) -> bool:
            """Whether the fluxes through all layers agree: what enters a layer leaves it."""
            fluxes = self.layer_fluxes()
            return bool(fluxes.max() - fluxes.min() < tolerance * fluxes.max())

        def _end_simulation(self, iterations: object, verbose: object, start: object) -> None:
            """Do nothing: TauFactor prints here."""

    class Binary(Quiet, Solver):  # type: ignore[misc]
        """One conducting phase, label 1."""

        def __init__(self, labels: Labels) -> None:
            super().__init__(labels, device="cpu")

    class MultiPhase(Quiet, MultiPhaseSolver):  # type: ignore[misc]
        """Conducting phases 1, 2, ... with their conductivities."""

        def __init__(self, labels: Labels, conductivities: list[float]) -> None:
            super().__init__(labels, dict(enumerate(conductivities, start=1)), device="cpu")
            # Both ends half a voxel away: double the conductance of their faces, in the sum and in the diagonal.
            high, low = self.pre_factors[0][:, -1], self.pre_factors[1][:, 0]
            self.factor[:, 0] += low[:, 1:-1, 1:-1]
            self.factor[:, -1] += high[:, 1:-1, 1:-1]
            high *= 2
            low *= 2

    return Binary, MultiPhase
