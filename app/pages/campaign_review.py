"""The part of a campaign's page that looks back: how it got there, and the surrogates around what it found.

Where something cannot be said the page says why. A picture's designs are links to their rows of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ragone.app.markup import Markup, element, figure, linked
from ragone.app.pages.campaign_records import CampaignRecords
from ragone.app.pictures.review import Picture, draw_front, draw_parallel, draw_powers, draw_progress, draw_slices
from ragone.app.tables.answers import kpi_text, short
from ragone.app.tables.designs import in_words
from ragone.models.acquisition.belief import Beliefs
from ragone.models.review import ReviewedTrials, ReviewError, progress_of, searches_of, slices_of

_PROGRESS = "How it got there"
_MOST_LINKS = 300  # of a picture: a page stays small


@dataclass(frozen=True)
class Section:
    """One heading, and its pictures or the reason why there is none."""

    title: str
    pictures: tuple[Picture, ...] = ()
    reason: str = ""


def review_of(found: CampaignRecords) -> tuple[Section, ...]:
    """Look back on a campaign; the same records give the same pictures."""
    trials = found.trials
    if trials is None:
        return (Section(_PROGRESS, reason="Its goals cannot be read, or not every trial has KPIs of all of them."),)
    beliefs, reason = _beliefs(trials)
    sections = [_section(_PROGRESS, lambda: _progress(trials, beliefs), " ".join([_shortcomings(trials), reason]))]
    if found.chosen is not None:
        sections.append(_section("The front", lambda: _front(trials, found), ""))
    best = found.best.number if found.best else None
    sections.append(_section("All designs beside each other", lambda: draw_parallel(trials, best), ""))
    if beliefs is not None:
        centre, words = _centre(trials, found)
        sections.append(_section(f"Around {words}", lambda: _slices(trials, beliefs, centre), ""))
    if found.best and found.powers:
        points = [(one.power_watt, one.kpi) for one in found.powers]
        picture = draw_powers(points, found.best.number)
        sections.append(Section("Its Ragone curve", (picture,), f"KPIs: {', '.join(short(k.id) for _, k in points)}."))
    return tuple(one for one in sections if one.pictures or one.reason)


def markup_of(section: Section, found: CampaignRecords) -> list[Markup]:
    """A section of the page."""
    parts = [element("h2", section.title)]
    parts += [_figure(picture, found) for picture in section.pictures]
    return [*parts, element("p", section.reason, class_="faint")] if section.reason else parts


def anchor(design: int) -> str:
    """The name, within the page, of the row of a design counted from 0."""
    return f"design-{design + 1}"


def _beliefs(trials: ReviewedTrials) -> tuple[Beliefs | None, str]:
    """The surrogates, or why there are none."""
    try:
        return trials.beliefs(), ""
    except ReviewError as cause:
        return None, f"Nothing is said by a surrogate: {cause}"


def _shortcomings(trials: ReviewedTrials) -> str:
    """The designs that are not feasible, by what they lack."""
    counts = [f"{count} {words}" for words, count in trials.shortcomings.items()]
    return f"Of {len(trials.candidates)} designs: {'; '.join(counts)}." if counts else "Every design is feasible."


def _section(title: str, draw: Callable[[], Iterator[Picture]], reason: str) -> Section:
    """Draw a section, and keep the reason why something is not drawn."""
    try:
        return Section(title, tuple(draw()), reason)
    except ReviewError as cause:
        return Section(title, reason=f"There is no picture: {cause} {reason}".strip())


def _progress(trials: ReviewedTrials, beliefs: Beliefs | None) -> Iterator[Picture]:
    progress = progress_of(trials)
    if beliefs is None:
        yield draw_progress(trials, progress)
    else:
        yield draw_progress(trials, progress, *searches_of(trials, beliefs, progress.reference))


def _front(trials: ReviewedTrials, found: CampaignRecords) -> Iterator[Picture]:
    front = sorted({found.campaign.candidate_ids.index(one) for one in found.campaign.front_ids})
    if found.chosen is not None:
        yield draw_front(trials, front, found.chosen, progress_of(trials).reference)


def _slices(trials: ReviewedTrials, beliefs: Beliefs, design: int) -> Iterator[Picture]:
    yield from draw_slices(trials, slices_of(beliefs, trials.candidates[design], trials.candidates), design)


def _centre(trials: ReviewedTrials, found: CampaignRecords) -> tuple[int, str]:
    """The design that is looked at, and what it is: the best one, or the best that breaks a limit."""
    if found.best:
        return found.best.number, f"design {found.best.number + 1}, the {'chosen one' if found.chosen else 'best'}"
    gains = np.where(np.isfinite(trials.gains[:, 0]), trials.gains[:, 0], -np.inf)
    design = int(gains.argmax())
    return design, f"design {design + 1}, which is best in the first objective; none is feasible"


def _figure(picture: Picture, found: CampaignRecords) -> Markup:
    """A picture whose designs can be pointed at: each tells its values and id, and leads to its row."""
    links = [
        linked(100 * spot.left, 100 * spot.top, anchor(spot.design), _said(found, spot.design))
        for spot in picture.spots[:_MOST_LINKS]
    ]
    return figure(picture.png, picture.alt, picture.caption, links)


def _said(found: CampaignRecords, design: int) -> str:
    kpis = ", ".join(map(kpi_text, found.kpis[design])) or "failed"
    words = in_words(found.candidates[design])
    return f"Design {design + 1}: {kpis}; {words}; {short(found.campaign.candidate_ids[design])}"
