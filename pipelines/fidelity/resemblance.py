"""Does a volume copy one of others? Its middle is sought in each of them, at every place, mirrored and turned.

The middle of the volume, half as wide, is laid over every place of the other volume, and the indicators of all phases
are correlated: their covariance, summed over the phases, over the root of the product of their summed variances, with
means and variances of that place. 1 is a copy; unrelated volumes have their best place at a few tenths, the more the
fewer particles the middle holds, so that the number tells only beside that of volumes known to be new. The other
volume is taken to repeat itself; where it does not, a few places across its border are seen too, and do no harm.

Everything is seen through voxels twice as wide, which halves no copy's correlation and makes the search eight times
faster. Turned means: the axis through the plane stays, mirrored or not, with the eight symmetries of the plane.

What it does not do: it sees no copy that is stretched, nor one of less than a middle.

References
----------
Lewis 1995, Vision Interface, 120 (normalised cross-correlation by fast Fourier transforms).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import fft

from pipelines.fidelity.errors import FidelityInputError
from schemas import Microstructure, Resemblance, stage

_COARSER = 2
_SHARE = 2  # the middle's edge is that part of the volume's
_METHOD = (
    "normalised cross-correlation of phase indicators, middle of the volume over all places, voxels of {} merged, {}"
)
_SMALLEST = 1e-6

Singles = np.ndarray[Any, np.dtype[np.float32]]


@stage("fidelity.resemblance", libraries=("numpy", "scipy"))
def find_resemblance(
    microstructure: Microstructure, others: Sequence[Microstructure], *, turned: bool = True
) -> Resemblance:
    """How closely a volume resembles each of some others.

    Parameters
    ----------
    microstructure
        Whose middle is sought.
    others
        In which it is sought; at least half as wide as the volume, with the same phases and voxel size.
    turned
        Whether its mirror images and turns are sought too: sixteen times the work.

    Raises
    ------
    FidelityInputError
        If there are no others, or one is too small or of other phases or voxels.
    """
    if not others:
        raise FidelityInputError("there are no volumes to resemble. Give one at least.")
    for other in others:
        _require_comparable(microstructure, other)
    template = _middle(_indicators(microstructure))
    views = list(_views(template)) if turned else [template]
    found = np.array([_largest_correlation(views, _indicators(other)) for other in others])
    return Resemblance(
        correlation=found,
        largest=float(found.max()),
        closest=int(found.argmax()),
        template_voxels=np.array(template.shape[1:]) * _COARSER,
        method=_METHOD.format(_COARSER, "16 symmetries" if turned else "as it lies"),
    )


def _indicators(microstructure: Microstructure) -> Singles:
    """Share of each phase in each block of voxels, shape (phases, x, y, z)."""
    labels = microstructure.labels
    x, y, z = (max(n // _COARSER, 1) for n in labels.shape)
    if min(labels.shape) < _COARSER:
        raise FidelityInputError(f"a volume of {labels.shape} voxels is too thin to be compared. Give a larger one.")
    cut = labels[: x * _COARSER, : y * _COARSER, : z * _COARSER]
    blocks = cut.reshape(x, _COARSER, y, _COARSER, z, _COARSER)
    shares = [
        (blocks == microstructure.phase_map()[name]).mean(axis=(1, 3, 5)) for name in sorted(microstructure.phase_names)
    ]
    return np.asarray(shares, dtype=np.float32)


def _middle(indicators: Singles) -> Singles:
    edges = [max(n // _SHARE, 1) for n in indicators.shape[1:]]
    x, y, z = (slice((n - e) // 2, (n - e) // 2 + e) for n, e in zip(indicators.shape[1:], edges, strict=True))
    return indicators[:, x, y, z]


def _views(template: Singles) -> Iterator[Singles]:
    """The sixteen symmetries that keep the axis through the plane."""
    for through in (1, -1):
        for across in (template, template.swapaxes(2, 3)):
            for second in (1, -1):
                for third in (1, -1):
                    yield across[:, ::through, ::second, ::third]


def _largest_correlation(views: Sequence[Singles], other: Singles) -> float:
    """Over all views and places."""
    shape = other.shape[1:]
    spectra = fft.rfftn(other, axes=(1, 2, 3))
    found, window = -1.0, np.empty(0, np.float32)
    place = (0, 0, 0)
    for view in views:
        if view.shape[1:] != place:  # a turned middle of unequal edges is another window
            place = view.shape[1:]
            window = _window_norms(other, spectra, place)
        centred = view - view.mean(axis=(1, 2, 3), keepdims=True)
        products = spectra * fft.rfftn(centred, s=shape, axes=(1, 2, 3)).conj()
        covariance = fft.irfftn(products.sum(axis=0), s=shape)
        norm = max(float(np.sqrt((centred**2).sum())), _SMALLEST)
        found = max(found, float((covariance / (norm * window)).max()))
    return min(found, 1.0)


def _window_norms(other: Singles, spectra: Any, place: tuple[int, ...]) -> Singles:
    """Root of the summed squares of deviations from the mean within each place, of all phases together."""
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
            f"a volume of {', '.join(microstructure.phase_names)} cannot resemble one of "
            f"{', '.join(other.phase_names)}. Give volumes of the same phases."
        )
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
