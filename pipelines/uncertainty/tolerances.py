"""By how much do cells of one design differ as they are made? Tolerances of both coatings, each with its source.

They are variation, not ignorance: what is not known of a design is the same in each of its cells, and is drawn by
`draw_cell` from `collect_priors`. One standard deviation between cells of one production is meant, of whole electrodes;
within an electrode a coating varies by more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ragone.schemas import CellParameters, NegativeElectrode, Priors, stage
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.priors import Holder, Prior, Source

LOADING, POROSITY, RADIUS = "{}_mass_loading", "{}_porosity", "{}_particle_radius"
CONTACT = "contact_resistance"
_OF_A_COATING = {
    LOADING: (
        1.01,
        "assumption: 1 %; tolerances of +-0.4 mg/cm^2, Yourey 2020, doi 10.3390/batteries6020023; standard deviations "
        "of geometry below 1 % keep a production free of rejects, Broad and Fly 2022, International Journal of Energy "
        "Research",
    ),
    POROSITY: (
        1.03,
        "assumption: 3 % of the porosity at one loading, by calendering; +-3 um of thickness, Yourey 2020, doi "
        "10.3390/batteries6020023",
    ),
    RADIUS: (1.02, "assumption: 2 %, between lots of a powder"),
}
_OF_CONTACT = (1.1, "assumption: 10 %, of tabs, welds and contacts")
SIDES = ("positive", "negative")
VARIED = (*(name.format(side) for side in SIDES for name in _OF_A_COATING), CONTACT)


@stage("uncertainty.collect_tolerances")
def collect_tolerances(cell: CellParameters, stated: Priors | None = None) -> Priors:
    """Name what differs between cells of one design.

    Parameters
    ----------
    cell
        The cell as it is designed.
    stated
        Tolerances of one's own, each instead of the one of the same quantity.

    Returns
    -------
    Priors
        Of both coatings: mass loading at constant composition and porosity, porosity at constant loading, particle
        radius; and the contact resistance, where there is one. Loadings that differ make the N/P ratio differ.

    Raises
    ------
    UnknownFieldError
        If something stated is no tolerance.
    """
    own = [] if stated is None else stated.rows()
    for row in own:
        if row.holder is not Holder.CELL or row.name not in VARIED:
            known = did_you_mean(row.name, VARIED)
            raise UnknownFieldError(f"{row.name!r} of the {row.holder} is no tolerance: {known}")
    named = {row.name: replace(row, source=Source.MANUFACTURE) for row in own}
    if len(named) < len(own):
        raise UnknownFieldError("a tolerance is stated for more than one source. State each once.")
    return Priors.of(named.get(row.name, row) for row in _usual(cell))


def _usual(cell: CellParameters) -> Iterator[Prior]:
    """The usual tolerances of what the cell has."""
    half = cell.negative_electrode is not NegativeElectrode.INTERCALATION
    for side in SIDES[:1] if half else SIDES:
        yield from (_tolerance(name.format(side), *found) for name, found in _OF_A_COATING.items())
    if cell.contact_resistance_ohm > 0:
        yield _tolerance(CONTACT, *_OF_CONTACT)


def _tolerance(name: str, size: float, reference: str) -> Prior:
    return Prior(Holder.CELL, name, Source.MANUFACTURE, size, reference)
