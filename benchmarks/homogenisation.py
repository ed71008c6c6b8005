"""How fast is the effective conductivity beside TauFactor, on the same volumes, at equal or smaller actual error?

The error of both is the distance to our own solve in double precision, certified to 1e-8. Ours is run at its default
tolerance, or at the next tighter one where its error were above TauFactor's. Times run from the labels to the value,
set-up included; the fastest of several runs counts, after one that compiles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.bandwidth import iteration_bound, triad_bandwidth
from benchmarks.measure import Line, elapsed, seconds, speed_at_least, stated, tell, time_at_most
from benchmarks.peak_memory import peak_bytes
from benchmarks.sor import Solved, solve_pore, solve_solid
from benchmarks.volumes import VOXEL_METRE, Labels, gaussian_field, imaged_electrode, packed_electrode
from ragone.pipelines.characterise.geometry import phase_fractions, specific_surface_areas
from ragone.pipelines.characterise.kernel import effective_conductivities, effective_conductivity
from ragone.pipelines.characterise.kernel.threads import run_side_by_side

_PEER = "TauFactor"
_TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
_REFERENCE = 1e-8
_REPEATS = 5
_PORE = {0: 0.0, 1: 1.0}
_CONTRAST = {0: 0.0, 1: 1.0, 2: 1000.0}
_VOLUMES, _VOLUMES_OF_PEER = 39, 3
_PUBLISHED_SECONDS = 15.0
_LONGEST_SECONDS = 150.0  # of one solve of TauFactor's at 256^3


def lines() -> list[Line]:
    """All figures; a few minutes, most of them TauFactor's."""
    small, large = gaussian_field(128, 1), gaussian_field(256, 1)
    effective_conductivities([small[:32, :32, :32]] * 2, _PORE, relative_tolerance=1e-2)  # compiles
    return [
        *_pores({"Gaussian field": small} | _electrodes(128), peer_repeats=2, goal=15),
        *_pores({"Gaussian field": large} | _electrodes(256), peer_repeats=1, goal=30),
        _solid(),
        *_protocol(),
        *_everything(),
        *_growth(large),
        *_memory(large),
        *_physical_limit((small, large)),
    ]


def _electrodes(edge: int) -> dict[str, Labels]:
    """1 in the pores: packed particles at 128^3 only; the imaged electrode, or packed aggregates in its place."""
    found = {"packed particles": packed_electrode(edge, 1.0)} if edge <= 128 else {}
    imaged = imaged_electrode()
    if imaged is None:
        tell(f"electrode.tiff is not at hand (RAGONE_SHARED_DATA): packed aggregates in its place, {edge}^3")
        found["packed, aggregates"] = packed_electrode(edge, 0.0)
    else:
        found["electrode.tiff"] = imaged[:edge, :edge, :edge]
    return {name: (labels == 0).astype(np.uint8) for name, labels in found.items()}


def _pores(volumes: Mapping[str, Labels], *, peer_repeats: int, goal: float) -> list[Line]:
    found = []
    for name, pore in volumes.items():
        peer = solve_pore(pore, repeats=peer_repeats, longest_seconds=_LONGEST_SECONDS)
        what = f"pore, {len(pore)}^3, {name}"
        found.append(_compared(what, [pore], _PORE, [peer], goal))
    return found


def _solid() -> Line:
    labels = packed_electrode(128, 0.0)
    peer = solve_solid(labels, _CONTRAST, repeats=1)
    return _compared("solid, contrast 1000, 128^3, packed electrode", [labels], _CONTRAST, [peer], 20)


@dataclass(frozen=True)
class Settled:
    """The tolerance at which ours is as accurate as the peer, and the largest errors of both [-]."""

    tolerance: float
    error: float
    peer_error: float


def _settle(volumes: Sequence[Labels], conductivities: Mapping[int, float], peers: Sequence[Solved]) -> Settled:
    """The loosest tolerance at which our largest error is not above the peer's."""
    references = [effective_conductivity(v, conductivities, relative_tolerance=_REFERENCE).value for v in volumes]

    def largest(values: Sequence[float]) -> float:
        return max(abs(value / reference - 1) for value, reference in zip(values, references, strict=True))

    allowed = largest([peer.value for peer in peers])
    for tolerance in _TOLERANCES:
        ours = effective_conductivities(volumes, conductivities, relative_tolerance=tolerance)
        error = largest([each.value for each in ours])
        if error <= allowed:
            break
    return Settled(tolerance, error, allowed)


def _compared(
    what: str, volumes: Sequence[Labels], conductivities: Mapping[int, float], peers: Sequence[Solved], goal: float
) -> Line:
    """One volume after another, ours against the peer's solves."""
    settled = _settle(volumes, conductivities, peers)
    ours = _fastest(
        lambda: [effective_conductivity(v, conductivities, relative_tolerance=settled.tolerance) for v in volumes]
    )
    line = speed_at_least(what, ours, sum(peer.seconds for peer in peers), _PEER, goal)
    return _with_errors(line, settled, all(peer.converged for peer in peers))


def _with_errors(line: Line, settled: Settled, converged: bool) -> Line:
    """The line with both errors; a peer that was stopped before makes the ratio a lower bound."""
    tell(f"{line.what}: {line.ratio}")
    stopped = "" if converged else ", not converged"
    met = line.met if settled.error <= settled.peer_error else False
    return replace(
        line,
        ours=f"{line.ours}, error {settled.error:.1g}",
        peer=f"{line.peer}, error {settled.peer_error:.1g}{stopped}",
        ratio=line.ratio if converged else f">= {line.ratio}",
        met=met,
    )


def _protocol() -> list[Line]:
    """As many volumes as the published protocol takes; the peer is measured on the first few and scaled."""
    volumes = [gaussian_field(128, seed) for seed in range(_VOLUMES)]
    peers = [solve_pore(volume, repeats=1) for volume in volumes[:_VOLUMES_OF_PEER]]
    settled = _settle(volumes[:_VOLUMES_OF_PEER], _PORE, peers)
    ours = _fastest(lambda: effective_conductivities(volumes, _PORE, relative_tolerance=settled.tolerance))
    peer = sum(each.seconds for each in peers) * _VOLUMES / _VOLUMES_OF_PEER
    what = f"pore, {_VOLUMES} volumes of 128^3, Gaussian fields"
    line = speed_at_least(what, ours, peer, f"{_PEER}, {_VOLUMES_OF_PEER} volumes scaled", 15)
    published = Line(what, seconds(ours), "15 s published, GPU", f"{_PUBLISHED_SECONDS / ours:.3g}", "", None)
    return [_with_errors(line, settled, all(each.converged for each in peers)), published]


def _everything() -> list[Line]:
    """Pores and solids along all axes, areas and fractions, against the peer's pores along one."""
    volumes, imaged = {"packed, aggregates": packed_electrode(128, 0.0)}, imaged_electrode()
    if imaged is not None:
        volumes["electrode.tiff"] = imaged[:128, :128, :128] // 85
    return [_all_of(name, labels) for name, labels in volumes.items()]


def _all_of(name: str, labels: Labels) -> Line:
    pores = {0: 1.0, 1: 0.0, 2: 0.0}
    peer = solve_pore((labels == 0).astype(np.uint8), repeats=2)
    settled = _settle([labels], pores, [peer])

    def solve(conductivities: Mapping[int, float], axis: int) -> Callable[[], object]:
        return lambda: effective_conductivity(labels, conductivities, axis=axis, relative_tolerance=settled.tolerance)

    tasks = [solve(conductivities, axis) for conductivities in (pores, _CONTRAST) for axis in range(3)]
    tasks += [lambda: specific_surface_areas(labels, VOXEL_METRE), lambda: phase_fractions(labels)]
    ours = _fastest(lambda: run_side_by_side(tasks))
    what = f"3 directions of pores and of solids (contrast 1000), areas, fractions, 128^3, {name}"
    return _with_errors(time_at_most(what, ours, peer.seconds, _PEER, 1), settled, peer.converged)


def _growth(large: Labels) -> list[Line]:
    """Iterations at 64^3, 128^3 and 256^3."""
    edges = (64, 128, 256)
    coarse = gaussian_field(256, 1, correlation_voxels=12.0)
    cases = {
        "same structure, finer": [coarse[:: 256 // n, :: 256 // n, :: 256 // n] for n in edges],
        "same statistics, larger": [large[:n, :n, :n] for n in edges],
    }
    found = []
    for name, volumes in cases.items():
        counts = [effective_conductivity(volume, _PORE).iterations for volume in volumes]
        growth = counts[-1] / counts[0]
        text = ", ".join(map(str, counts))
        found.append(Line(f"iterations at 64, 128, 256, {name}", text, "", f"{growth:.3g}", "<= 1.5", growth <= 1.5))
    return found


def _memory(pore: Labels) -> list[Line]:
    ours, peer = peak_bytes("kernel", pore), peak_bytes("taufactor", pore)
    if ours is None or peer is None:
        tell("peak memory needs /proc: left out")
        return []
    what, share = f"peak memory, pore, {len(pore)}^3", ours / peer
    cells = f"{ours / 2**20:,.0f} MiB", f"{peer / 2**20:,.0f} MiB {_PEER}"
    return [Line(what, *cells, f"{share:.3g}", "<= 1", share <= 1)]


def _physical_limit(volumes: Sequence[Labels]) -> list[Line]:
    bandwidth = triad_bandwidth()
    found = [stated("triad bandwidth, write-allocate counted", f"{bandwidth / 1e9:.3g} GB/s")]
    for pore in volumes:
        bound = iteration_bound(pore, bandwidth)
        least = f"{seconds(bound.bytes / bandwidth)} to move {bound.bytes / 1e6:,.0f} MB"
        what = f"one iteration, {len(pore)}^3, over its memory bound"
        found.append(Line(what, seconds(bound.seconds), least, f"{bound.above:.3g}", "<= 3", bound.above <= 3))
    return found


def _fastest(work: Callable[[], object]) -> float:
    return min(elapsed(work) for _ in range(_REPEATS))
