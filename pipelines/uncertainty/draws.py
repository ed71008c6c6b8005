"""What would records be if uncertain quantities were otherwise? One draw of all of them at once, by its number.

A draw is a point of a scrambled Sobol sequence with one dimension for each quantity of the priors, turned into
standard normal scores. Every stage here takes the same point and multiplies what it holds, so that the draws of
transport, materials and cell with one number and seed belong together. Draws of several designs have in common what
designs have in common: cell parameters, materials, voxels, the generator. How the volume elements of a design scatter
is its own, so that each design has dimensions of its own for it.

A positive metric of a transport keeps its bounds: a tortuosity factor is one at least.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.uncertainty.published import RADIUS
from ragone.schemas import CellParameters, Materials, Priors, Transport, stage
from ragone.schemas.field import Bounds
from ragone.schemas.priors import Holder, Source

LIBRARIES = ("scipy", "numpy")
Electrode = Literal["positive", "negative"]
_BLOCKS = 61  # dimensions for the scatter of so many designs
_ELECTRODES = (Holder.TRANSPORT, Holder.NEGATIVE_TRANSPORT)
_EDGE = 2.0**-31  # of the unit cube, that is kept off: a score of 6 standard deviations
_TAU, _AREA_RATIO = "pore_tortuosity_factor", "positive_surface_area_ratio"


def scores(priors: Priors, indices: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Standard normal scores [-] of some draws, shape (draw, quantity)."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    count = len(priors.names)
    if not count or not len(indices):
        return np.zeros((len(indices), count))
    Bounds(low=0).require(int(indices.min()), "index", "1")
    exponent, scatters = int(indices.max()).bit_length(), priors.sources.count(Source.SAMPLING)
    whole = count + (_BLOCKS + 1) * scatters  # the same for all designs: the scrambling depends on it
    points = qmc.Sobol(whole, scramble=True, rng=seed).random_base2(exponent)[indices][:, _dimensions(priors)]
    return np.asarray(ndtri(np.clip(points, _EDGE, 1 - _EDGE)))


def _dimensions(priors: Priors) -> list[int]:
    """The dimension of the sequence for each quantity: its place, but for scatter, which is the design's own.

    Designs are distinguished by the sizes of all that is uncertain of their electrodes: of single volume elements the
    scatter is assumed, and of one size for every design.
    """
    own = [place for place, source in enumerate(priors.sources) if source == Source.SAMPLING]
    of_electrodes = [place for place, holder in enumerate(priors.holders) if holder in _ELECTRODES]
    block = 1 + zlib.crc32(priors.sizes[of_electrodes].tobytes()) % _BLOCKS
    beyond = {place: len(priors.names) + block * len(own) + number for number, place in enumerate(own)}
    return [beyond.get(place, place) for place in range(len(priors.names))]


def factors(priors: Priors, holder: Holder, index: int, seed: int) -> dict[str, float]:
    """The factors of the quantities of one record in a draw, by name; several of one quantity are multiplied."""
    row = scores(priors, np.array([index]), seed)[0]
    found: dict[str, float] = {}
    for prior, score in zip(priors.rows(), row, strict=True):
        if prior.holder is holder:
            found[prior.name] = found.get(prior.name, 1.0) * prior.factor(float(score))
    return found


@stage("uncertainty.draw_transport", libraries=LIBRARIES)
def draw_transport(
    transport: Transport, priors: Priors, *, index: int, electrode: Electrode = "positive", seed: int
) -> Transport:
    """Draw the metrics of an electrode.

    Parameters
    ----------
    transport
        The metrics.
    priors
        All that is uncertain.
    index
        Number of the draw, >= 0.
    electrode
        "positive" or "negative".
    seed
        Seed of the draws.

    Returns
    -------
    Transport
        With the metrics of that draw; the others stay. Its method says so.
    """
    holder = Holder.TRANSPORT if electrode == "positive" else Holder.NEGATIVE_TRANSPORT
    changed = _multiplied(transport, factors(priors, holder, index, seed))
    if _TAU in changed:
        changed[_TAU] = max(1.0, changed[_TAU])
    return replace(transport, **changed, method=transport.method + _drawn(index, seed))


@stage("uncertainty.draw_materials", libraries=LIBRARIES)
def draw_materials(
    materials: Materials, priors: Priors, *, index: int, electrode: Electrode = "positive", seed: int
) -> Materials:
    """Draw the densities of an electrode's materials.

    Parameters
    ----------
    materials
        The materials.
    priors
        All that is uncertain.
    index
        Number of the draw, >= 0.
    electrode
        "positive" or "negative".
    seed
        Seed of the draws.
    """
    holder = Holder.MATERIALS if electrode == "positive" else Holder.NEGATIVE_MATERIALS
    return replace(materials, **_multiplied(materials, factors(priors, holder, index, seed)))


@stage("uncertainty.draw_cell", libraries=LIBRARIES)
def draw_cell(cell: CellParameters, priors: Priors, *, index: int, seed: int) -> CellParameters:
    """Draw the parameters of a cell's model.

    Parameters
    ----------
    cell
        The cell; of drawn metrics and materials where these are uncertain.
    priors
        All that is uncertain.
    index
        Number of the draw, >= 0.
    seed
        Seed of the draws.

    Returns
    -------
    CellParameters
        Fields of its own multiplied, and the factors of what is the parameter set's. A particle radius that differs
        leaves the area of the coating as it is.
    """
    drawn = factors(priors, Holder.CELL, index, seed)
    fields = {name: factor for name, factor in drawn.items() if name in cell.fields()}
    changed = _multiplied(cell, fields)
    if RADIUS in fields:
        changed[_AREA_RATIO] = cell.positive_surface_area_ratio * fields[RADIUS]
    known = {name: cell.parameter_factors.get(name, 1.0) * drawn[name] for name in drawn if name not in fields}
    return replace(
        cell,
        **changed,
        parameter_factors={**cell.parameter_factors, **known},
        method=cell.method + _drawn(index, seed),
    )


def _multiplied(record: Any, by: Mapping[str, float]) -> dict[str, Any]:
    """The fields of a record that have a value, each times its factor."""
    values = {name: getattr(record, name) for name in by}
    return {name: value * by[name] for name, value in values.items() if value is not None}


def _drawn(index: int, seed: int) -> str:
    return f"; draw {index} of seed {seed}"
