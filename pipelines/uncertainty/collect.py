"""Which quantities behind a cell are uncertain, and by how much? Those that its records state, and published priors.

A transport states the standard errors of its metrics. They are taken apart: by the voxels, as the single volume
elements state it; by the generator, as its predicted errors do; the rest is the scatter from volume element to volume
element, which is assumed where there is only one. A metric is multiplied by a factor of its own for each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ragone.pipelines.cell.factors import FACTORED
from ragone.pipelines.uncertainty.published import CONTACT, RADIUS, SCATTER, UNSTATED, cell_priors, scatter_prior
from ragone.schemas import CellParameters, Materials, PredictedErrors, Priors, Transport, stage
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.priors import Holder, Prior, Source

METRICS = (
    "pore_tortuosity_factor",
    "specific_surface_area_per_metre",
    "solid_effective_conductivity_siemens_per_metre",
    "particle_sauter_radius_metre",
)
DENSITIES = ("active_material_density_kilogram_per_cubic_metre", "carbon_binder_density_kilogram_per_cubic_metre")
_OF_CELL = (*FACTORED, CONTACT, RADIUS)
_FIELDS: Mapping[Holder, tuple[str, ...]] = {
    Holder.TRANSPORT: METRICS,
    Holder.NEGATIVE_TRANSPORT: METRICS,
    Holder.MATERIALS: DENSITIES,
    Holder.NEGATIVE_MATERIALS: DENSITIES,
    Holder.CELL: _OF_CELL,
}
_ERROR = "standard_error"
_DENSITY = (
    "assumption: {:.0%}, what measured densities of one material scatter by",
    {DENSITIES[0]: 1.01, DENSITIES[1]: 1.05},
)


@stage("uncertainty.collect_priors")
def collect_priors(
    cell: CellParameters,
    transport: Transport | None = None,
    volume_elements: tuple[Transport, ...] = (),
    predicted: PredictedErrors | None = None,
    materials: Materials | None = None,
    negative_transport: Transport | None = None,
    negative_volume_elements: tuple[Transport, ...] = (),
    negative_predicted: PredictedErrors | None = None,
    negative_materials: Materials | None = None,
    stated: Priors | None = None,
    *,
    lumped: bool = False,
) -> Priors:
    """Name all that is uncertain behind a cell.

    Parameters
    ----------
    cell
        The cell.
    transport, negative_transport
        Metrics of its electrodes, with their standard errors; none of an electrode that was not measured.
    volume_elements, negative_volume_elements
        Metrics of the single volume elements that these are the means of.
    predicted, negative_predicted
        Expected errors of the generator that drew them.
    materials, negative_materials
        Materials of its electrodes; densities are uncertain.
    stated
        Priors of one's own: each replaces what is known of the same quantity from the same source; what other sources
        do to it stays.
    lumped
        Whether the temperature of the cell follows its heat.

    Returns
    -------
    Priors
        Metrics first, then materials, then the parameters of the cell.

    Raises
    ------
    UnknownFieldError
        If something stated is of a quantity that cannot be drawn.
    """
    found = [
        *_of_transport(Holder.TRANSPORT, transport, volume_elements, predicted),
        *_of_transport(Holder.NEGATIVE_TRANSPORT, negative_transport, negative_volume_elements, negative_predicted),
        *_of_materials(Holder.MATERIALS, materials),
        *_of_materials(Holder.NEGATIVE_MATERIALS, negative_materials),
        *cell_priors(cell, lumped=lumped),
    ]
    own = [] if stated is None else stated.rows()
    _require_drawable(own)
    replaced = {row.key for row in own}
    return Priors.of([*(row for row in found if row.key not in replaced), *own])


def _require_drawable(rows: Iterable[Prior]) -> None:
    for row in rows:
        if row.name not in _FIELDS[row.holder]:
            raise UnknownFieldError(
                f"{row.name!r} of the {row.holder} cannot be drawn: {did_you_mean(row.name, _FIELDS[row.holder])}"
            )


def _of_transport(
    holder: Holder, transport: Transport | None, elements: Sequence[Transport], predicted: PredictedErrors | None
) -> Iterable[Prior]:
    """Each metric of an electrode whose standard error is known, once for each source."""
    if transport is None:
        return
    for name in METRICS:
        value, total = getattr(transport, name), getattr(transport, f"{name}_{_ERROR}")
        if value is None or not math.isfinite(value) or value <= 0:
            continue
        singles = elements or (transport,)
        alone = len(singles) == 1 and transport.volume_element_count == 1 and predicted is None
        relative = (_by_voxels(name, singles) if alone else 0.0) if total is None else total / value
        for source, part in _parts(name, relative, singles, predicted).items():
            if part > 0:
                yield Prior(holder, name, source, math.exp(part), f"standard error of the metric, by {source}")
        if alone and name in SCATTER:
            yield scatter_prior(holder, name)
        yield from _by_materials(holder, name, transport)


def _by_materials(holder: Holder, name: str, transport: Transport) -> Iterable[Prior]:
    """The part of uncertain bulk properties in a metric: as its materials state it, else as is assumed."""
    field = f"materials_{name}_{_ERROR}"
    stated = getattr(transport, field, None)
    if stated:
        size = math.exp(stated / getattr(transport, name))
        yield Prior(holder, name, Source.MATERIALS, size, "standard error of the metric, by its materials")
    elif stated is None and name in UNSTATED:
        yield Prior(holder, name, Source.MATERIALS, *UNSTATED[name])


def _parts(
    name: str, total: float, elements: Sequence[Transport], predicted: PredictedErrors | None
) -> dict[Source, float]:
    """The relative standard error of a metric by its sources; they add up to the total in quadrature."""
    generator = 0.0
    if predicted is not None and name in predicted.metric_names:
        generator = min(total, float(predicted.relative_standard_error[predicted.metric_names.index(name)]))
    left = math.sqrt(max(0.0, total**2 - generator**2))
    voxel = min(left, _by_voxels(name, elements))
    sampling = math.sqrt(max(0.0, left**2 - voxel**2))
    return {
        Source.SAMPLING: sampling if sampling > 1e-9 * total else 0.0,
        Source.GENERATOR: generator,
        Source.VOXEL: voxel,
    }


def _by_voxels(name: str, elements: Sequence[Transport]) -> float:
    """The mean relative standard error of a metric of single volume elements; 0 where none has one."""
    singles = [(getattr(t, name), getattr(t, f"{name}_{_ERROR}")) for t in elements if t.volume_element_count == 1]
    own = [error / value for value, error in singles if value and error is not None and math.isfinite(value)]
    return math.fsum(own) / len(own) if own else 0.0


def _of_materials(holder: Holder, materials: Materials | None) -> Iterable[Prior]:
    """The densities, which make a mass loading a thickness."""
    words, sizes = _DENSITY
    for name, size in sizes.items() if materials is not None else ():
        yield Prior(holder, name, Source.MATERIALS, size, words.format(size - 1))
