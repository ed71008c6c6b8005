"""How much of a phase is part of a path from face to face? The clusters that touch both ends of an axis.

Which neighbours are joined is a choice, and decides for thin necks. Two phases that fill space cannot both be joined
through edges and corners: if the electrolyte is (26 neighbours), the solids are joined through faces only (6), and the
other way round; that is the dual connectivity of digital topology. A finite-volume conduction solve passes current
through faces only, for any phase: what is joined through edges or corners alone percolates here and conducts nothing.

What it does not do: sides are closed, opposite faces do not touch; a path's width or resistance is not looked at.

References
----------
Kong and Rosenfeld 1989, Comput. Vis. Graph. Image Process. 48, 357, doi 10.1016/0734-189X(89)90147-3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.geometry.clusters import spanning_voxels
from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.labelled_volume import Floats, checked_mask

_CONNECTIVITIES = (6, 18, 26)


def percolating_fractions(mask: npt.NDArray[Any], *, connectivity: int) -> Floats:
    """The part of a phase that lies in clusters from face to face, along each axis [-].

    Parameters
    ----------
    mask
        Shape (x, y, z), boolean: where the phase is. The union of several phases is a phase.
    connectivity
        Neighbours that are joined: 6 through faces, 18 also through edges, 26 also through corners.

    Returns
    -------
    numpy.ndarray
        Shape (3,), relative to all voxels of the phase; 0 where the phase is absent.

    Raises
    ------
    GeometryInputError
        If it is no boolean volume, or the connectivity is none of the three.
    """
    phase = checked_mask(mask)
    if connectivity not in _CONNECTIVITIES:
        raise GeometryInputError(
            f"connectivity = {connectivity!r} is none of {list(_CONNECTIVITIES)} neighbours. Choose one."
        )
    return np.asarray(spanning_voxels(phase, connectivity) / max(int(np.count_nonzero(phase)), 1))
