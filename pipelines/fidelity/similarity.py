"""How similar is a volume to others? Its middle is searched for in each of them, at every place, mirrored and turned.

The middle of the volume, half as wide, is laid over every place of the other volume, and the indicators of all phases
are correlated: their covariance, summed over the phases, over the root of the product of their summed variances, with
means and variances of that place. 1 is a copy; unrelated volumes reach a few tenths at their best place, the more the
fewer particles the middle holds, so that memorisation is judged against volumes known to be new. The other volume is
taken as periodic; where it is not, a few places across its border are searched too, and do no harm.

The search merges voxels by two along each axis, which makes it eight times faster; a copy that is shifted by an odd
number of voxels is blurred by that, but still the best place. At the best place of the closest volume the correlation
is then computed with all voxels, one step to each side. Turned means: the axis through the plane stays, mirrored or
not, with the eight symmetries of the plane.

What it does not do: it finds no copy that is stretched, nor one of less than a middle.

References
----------
Lewis 1995, Vision Interface, 120 (normalised cross-correlation by fast Fourier transforms).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

import numpy as np
from scipy import fft

from ragone.pipelines.fidelity.errors import FidelityInputError
from ragone.schemas import Microstructure, Similarity, stage

_COARSER = 2
_SHARE = 2  # the middle's edge is that part of the volume's
_METHOD = (
    "normalised cross-correlation of phase indicators, middle of the volume over all places, voxels of {} merged, {}"
)
_SMALLEST = 1e-6

Singles = np.ndarray[Any, np.dtype[np.float32]]


@stage("fidelity.similarity", libraries=("numpy", "scipy"))
def measure_similarity(
    microstructure: Microstructure, others: Sequence[Microstructure], *, turned: bool = True
) -> Similarity:
    """Measure the similarity of a volume to each of some others.

    Parameters
    ----------
    microstructure
        The volume whose middle is searched for.
    others
        The volumes that are searched; at least half as wide, with the same phases and voxel size.
    turned
        Whether its mirror images and rotations are searched for too: sixteen times the work.

    Raises
    ------
    FidelityInputError
        If there are no others, or one is too small or of other phases or voxels.
    """
    if not others:
        raise FidelityInputError("there are no volumes to compare with. Give one at least.")
    for other in others:
        _require_comparable(microstructure, other)
    template = _middle(_indicators(microstructure, _COARSER))
    views = list(_views(template)) if turned else [template]
    found = [_best(views, _indicators(other, _COARSER)) for other in others]
    correlations = np.array([correlation for correlation, _, _ in found])
    closest = int(correlations.argmax())
    _, view, place = found[closest]
    return Similarity(
        correlation=correlations,
        largest=_refined(microstructure, others[closest], view, place),
        closest=closest,
        template_voxels=np.array(template.shape[1:]) * _COARSER,
        method=_METHOD.format(_COARSER, "16 symmetries" if turned else "as it lies"),
    )


def _indicators(microstructure: Microstructure, coarser: int) -> Singles:
    """Return the share of each phase in each block of voxels, shape (phases, x, y, z)."""
    labels = microstructure.labels
    if min(labels.shape) < _COARSER:
        raise FidelityInputError(f"a volume of {labels.shape} voxels is too thin to be compared. Give a larger one.")
    x, y, z = (n // _COARSER * _COARSER // coarser for n in labels.shape)
    blocks = labels[: x * coarser, : y * coarser, : z * coarser].reshape(x, coarser, y, coarser, z, coarser)
    phases = [microstructure.phase_map()[name] for name in sorted(microstructure.phase_names)]
    if coarser == 1:
        return np.asarray([blocks[:, 0, :, 0, :, 0] == phase for phase in phases], dtype=np.float32)
    return np.asarray([(blocks == phase).mean(axis=(1, 3, 5)) for phase in phases], dtype=np.float32)


def _middle(indicators: Singles, coarser: int = _COARSER) -> Singles:
    """Return the middle of a volume, the same one whatever the width of the voxels."""
    window = []
    for length in indicators.shape[1:]:
        merged = length * coarser // _COARSER
        edge = max(merged // _SHARE, 1)
        start = (merged - edge) // 2
        window.append(slice(start * _COARSER // coarser, (start + edge) * _COARSER // coarser))
    return indicators[:, window[0], window[1], window[2]]


def _views(template: Singles) -> Iterator[Singles]:
    """Yield the sixteen symmetries that keep the axis through the plane."""
    for through in (1, -1):
        for across in (template, template.swapaxes(2, 3)):
            for second in (1, -1):
                for third in (1, -1):
                    yield across[:, ::through, ::second, ::third]


def _best(views: Sequence[Singles], other: Singles) -> tuple[float, int, tuple[int, ...]]:
    """Return the largest correlation over all views and places, with the number of the view and the place."""
    shape = other.shape[1:]
    spectra = fft.rfftn(other, axes=(1, 2, 3))
    norms: dict[tuple[int, ...], Singles] = {}  # a turned middle of unequal edges has other windows
    found: tuple[float, int, tuple[int, ...]] = (-1.0, 0, (0, 0, 0))
    for number, view in enumerate(views):
        size = view.shape[1:]
        if size not in norms:
            norms[size] = _window_norms(other, spectra, size)
        centred = view - view.mean(axis=(1, 2, 3), keepdims=True)
        products = spectra * fft.rfftn(centred, s=shape, axes=(1, 2, 3)).conj()
        norm = max(float(np.sqrt((centred**2).sum())), _SMALLEST)
        correlation = fft.irfftn(products.sum(axis=0), s=shape) / (norm * norms[size])
        place = np.unravel_index(int(correlation.argmax()), shape)
        found = max(found, (min(float(correlation[place]), 1.0), number, tuple(int(p) for p in place)))
    return found


def _refined(first: Microstructure, other: Microstructure, view: int, place: tuple[int, ...]) -> float:
    """Return the largest correlation of a place and its neighbours, with all voxels."""
    middle = next(islice(_views(_middle(_indicators(first, 1), 1)), view, None))
    middle = middle - middle.mean(axis=(1, 2, 3), keepdims=True)
    norm, size, found = float(np.sqrt((middle**2).sum())), middle.shape[1:], -1.0
    around = _around(other, [p * _COARSER - 1 for p in place], size)
    for x, y, z in product(range(3), repeat=3):
        window = around[:, x : x + size[0], y : y + size[1], z : z + size[2]]
        spread = window.mean(axis=(1, 2, 3))
        squares = float((window**2).sum()) - float((spread**2).sum()) * float(np.prod(size))
        found = max(found, float((middle * window).sum()) / max(norm * float(np.sqrt(max(squares, 0.0))), _SMALLEST))
    return min(found, 1.0)


def _around(other: Microstructure, start: Sequence[int], size: Sequence[int]) -> Singles:
    """Return the indicators of a place with a rim of one voxel, periodic at the borders."""
    labels = other.labels
    rows = [
        np.arange(s, s + n + 2) % (m // _COARSER * _COARSER) for s, n, m in zip(start, size, labels.shape, strict=True)
    ]
    cut = labels[np.ix_(*rows)]
    return np.asarray([cut == other.phase_map()[name] for name in sorted(other.phase_names)], dtype=np.float32)


def _window_norms(other: Singles, spectra: Any, place: tuple[int, ...]) -> Singles:
    """Return the root of the summed squares of deviations from the mean within each place, over all phases."""
    shape = other.shape[1:]
    box = np.zeros(shape, dtype=np.float32)
    box[: place[0], : place[1], : place[2]] = 1
    lookup = fft.rfftn(box).conj()
    size = float(np.prod(place))
    sums = fft.irfftn(spectra * lookup, s=shape, axes=(1, 2, 3))
    squares = fft.irfftn(fft.rfftn((other**2).sum(axis=0)) * lookup, s=shape)
    return np.asarray(np.sqrt(np.maximum(squares - (sums**2).sum(axis=0) / size, size * _SMALLEST)))


def _require_comparable(microstructure: Microstructure, other: Microstructure) -> None:
    if set(microstructure.phase_names) != set(other.phase_names):
        raise FidelityInputError(
            f"a volume of {', '.join(microstructure.phase_names)} cannot be compared with one of "
            f"{', '.join(other.phase_names)}. Give volumes of the same phases."
        )
    for volume in (microstructure, other):
        volume.require_cubic_voxels("a search for similarity")
    if not np.isclose(microstructure.voxel_size_metre, other.voxel_size_metre, rtol=1e-6, atol=0):
        raise FidelityInputError(
            f"voxels of {microstructure.voxel_size_metre:g} m and {other.voxel_size_metre:g} m are compared. "
            "Give volumes of one voxel size."
        )
    if any(2 * b < a for a, b in zip(sorted(microstructure.labels.shape), sorted(other.labels.shape), strict=True)):
        raise FidelityInputError(
            f"a volume of {other.labels.shape} voxels does not hold the middle of one of "
            f"{microstructure.labels.shape}. Give a larger one."
        )
