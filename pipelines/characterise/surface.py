"""How much area lies between two phases? Voxel faces counted by TauFactor, read as a stereological estimate.

Counting faces overstates a smooth surface, by 3/2 when its directions are isotropic. The count is therefore used as
what it is, the crossings of test lines along the three axes: S_V = 2 P_L, twice the crossings per length of line,
which is unbiased for isotropic surfaces at any resolution that shows them.

What it does not do: no correction for strongly oriented surfaces (a plane across one axis comes out as 2/3 of its
area) and no faces on the outside of the volume.

References
----------
Smith and Guttman 1953, JOM 5, 81, doi 10.1007/BF03397456. Underwood 1970, Quantitative Stereology.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

METHOD = "S_V = 2 P_L from face counting (TauFactor specific_surface_area, axes 0, 1, 2, interior faces)"


def face_count(labels: npt.NDArray[np.uint8], pair: tuple[int, int]) -> int:
    """Interior voxel faces between two labels.

    TauFactor counts the faces of each label towards all others; with the others taken as one, each face between the
    two is in the sum of their counts and not in the third.
    """
    from taufactor.metrics import specific_surface_area as areas_by_label

    three = np.full(labels.shape, 2, dtype=np.uint8)
    three[labels == pair[0]], three[labels == pair[1]] = 0, 1
    areas = areas_by_label(three, method="face_counting", device="cpu")
    first, second, others = (float(areas.get(label, 0.0)) for label in "012")
    return round((first + second - others) / 2 * labels.size)


def specific_surface_area(labels: npt.NDArray[np.uint8], pair: tuple[int, int], voxel_size_metre: float) -> float:
    """Area between two labels over the volume [1/m], for surfaces of isotropic direction.

    Parameters
    ----------
    labels
        Shape (x, y, z).
    pair
        The two labels.
    voxel_size_metre
        Edge of one voxel [m].
    """
    faces = sum(labels.size - labels.size // length for length in labels.shape)
    return 2.0 * face_count(labels, pair) / (int(faces) * voxel_size_metre) if faces else 0.0
