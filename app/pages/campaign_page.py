"""The page of a campaign: what was asked, what was found, where the number comes from, and how to go on.

It is drawn from records alone, so that the same lake gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from ragone.app.markup import Markup, element, figure, page, table
from ragone.app.pages.campaign_records import Ancestors, Best, CampaignRecords
from ragone.app.pages.campaign_review import Section, anchor, markup_of
from ragone.app.pictures.campaign import draw_campaign
from ragone.app.pictures.drawing import draw
from ragone.app.tables.answers import kpi_text, short
from ragone.app.tables.designs import Quantity, in_words, quantities
from ragone.dataset.lake import GIVEN
from ragone.schemas import Campaign, Curve, Discharge, Kpi, Microstructure, Verification

_LISTED = 4  # ids of one kind


def campaign_page(found: CampaignRecords, again: str = "", review: Sequence[Section] = ()) -> str:
    """Write the page.

    Parameters
    ----------
    found
        The campaign and what belongs to it.
    again
        The words that name the same lake to a command, such as " --lake demo/lake".
    review
        What `review_of` made of it.

    Returns
    -------
    str
        HTML that needs no other file.
    """
    campaign, best = found.campaign, found.best
    count = f"{len(found.candidates)} designs were evaluated, {int(campaign.feasible.sum())} of them feasible."
    head = [element("h1", campaign.name), element("p", f"{count} ", _code(campaign.id))]
    head += [element("p", _result(best.kpis[0]), class_="number")] if best else []
    sections = [_asked(campaign), _designs(found), *(markup_of(one, found) for one in review)]
    if best:
        sections += [_best(found, best), *_pictures(best, again), _origin(best)]
    sections += [_reproduced(found.verifications), _further(campaign, best, again)]
    return page(f"{campaign.name}: a campaign of Ragone", *head, *(one for section in sections for one in section))


def _asked(campaign: Campaign) -> list[Markup]:
    asked = _map(campaign.definition)
    space, steps = _map(asked.get("space")), _map(asked.get("steps"))
    entries = [_goal(goal) for goal in campaign.goals]
    entries += [
        f"{role}: {_settings(given)}" for role, step in steps.items() if (given := _map(_map(step).get("parameters")))
    ]
    entries += [f"{name}: {_settings(given)}" for name in ("budget", "resolution") if (given := _map(asked.get(name)))]
    cheaper = [given for one in _maps(asked.get("fidelities")) if (given := _map(one.get("values")))]
    entries += [f"cheaper evaluations: {_settings(given)}" for given in cheaper]
    entries += [_learned(one) for one in _maps(campaign.learned_from)]
    parts = [element("h2", "What was asked"), element("ul", *(element("li", text) for text in entries))]
    rows = [[known.name, _range(space[path], known), known.doc] for path, known in quantities(space).items()]
    return [*parts, table(["quantity", "range", "meaning"], rows)] if rows else parts


def _goal(goal: Mapping[str, Any]) -> str:
    name, sense = goal["kpi"].replace("_", " "), goal["sense"].replace("_", " ")
    return f"{sense} the {name}" if goal["limit"] is None else f"{name} {sense} {goal['limit']:g}"


def _range(variable: Any, known: Quantity) -> str:
    given = _map(variable)
    if "low" in given:
        return f"{known.text(given['low'])} to {known.text(given.get('high'))}"
    if "choices" in given:
        return f"one of {_listed(given['choices'], known)}"
    return known.text(given.get("value", variable))


def _settings(parameters: Mapping[str, Any]) -> str:
    known = quantities(parameters)
    return ", ".join(f"{known[name].name} {_listed(value, known[name])}" for name, value in parameters.items())


def _listed(value: Any, known: Quantity) -> str:
    return ", ".join(map(known.text, value)) if isinstance(value, list | tuple) else known.text(value)


def _map(value: Any) -> Mapping[str, Any]:
    """The value, if it is a map: a definition may be a stranger's."""
    return value if isinstance(value, Mapping) else {}


def _maps(value: Any) -> list[Mapping[str, Any]]:
    """The maps of a list: a definition may be a stranger's."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _learned(one: Mapping[str, Any]) -> str:
    weight = one.get("weight")
    known = f"{weight:.2f}" if isinstance(weight, int | float) else "unknown"
    return f"learned {one.get('kpi')} from {one.get('origin')}, with a weight of {known} at the end"


def _designs(found: CampaignRecords) -> list[Markup]:
    parts = [element("h2", "The designs")]
    if any(found.kpis):
        ringed = found.campaign.candidate_ids[found.best.number] if found.best else ""
        png, what = _drawn(lambda file: draw_campaign(found.campaign, found.candidates, file, ringed))
        ring = "; the best one is ringed" if found.best else ""
        parts.append(figure(png, f"Scatter plot: {what}, one point for each design{ring}.", f"{what}{ring}."))
    rows = [
        [str(number), in_words(candidate), ", ".join(map(kpi_text, kpis)) or "failed", _code(name)]
        for number, (name, candidate, kpis) in enumerate(
            zip(found.campaign.candidate_ids, found.candidates, found.kpis, strict=True), 1
        )
    ]
    names = [anchor(number) for number in range(len(rows))]
    heads = ["", "design", ", ".join(goal["kpi"].replace("_", " ") for goal in found.campaign.goals), "id"]
    return [*parts, element("details", element("summary", f"All {len(rows)} designs"), table(heads, rows, names))]


def _best(found: CampaignRecords, best: Best) -> list[Markup]:
    campaign = found.campaign
    name = campaign.candidate_ids[best.number]
    parts = [element("h2", "The best design")]
    parts.append(element("p", f"Design {best.number + 1}: {in_words(best.candidate)}. ", _code(name)))
    if len(campaign.front_ids) > 1:
        chosen = f" It is {found.chosen.reason}." if found.chosen else ""
        text = f"One of {len(campaign.front_ids)} designs that no other beats in every objective.{chosen}"
        parts.append(element("p", text))
    for kpi in best.kpis:
        parts.append(element("p", element("strong", _result(kpi)), f": {kpi.definition}. ", _code(kpi.id)))
        parts.append(element("p", f"Method: {kpi.method}.", class_="faint"))
    return [
        *parts,
        element("p", "± is one standard uncertainty; n counts the volumes, samples or repeats.", class_="faint"),
    ]


def _result(kpi: Kpi) -> str:
    """Value, standard uncertainty and unit, and how many samples they rest on."""
    name = kpi.name.replace("_", " ")
    return f"{name[:1].upper()}{name[1:]} {kpi_text(kpi)} (n = {kpi.sample_count})"


def _pictures(best: Best, again: str) -> list[list[Markup]]:
    parts = []
    if best.volume is not None:
        parts.append([element("h2", "Its microstructure"), _slice(best.volume)])
    elif best.volume_ids:
        command = element("pre", element("code", f"ragone reproduce {short(best.volume_ids[0])}{again}"))
        text = element("p", "The voxels were dropped once they were measured. This brings them back:")
        parts.append([element("h2", "Its microstructure"), text, command])
    if best.curve is not None:
        parts.append([element("h2", f"Its {best.curve.kind}"), _curve(best.curve)])
    return parts


def _slice(volume: Microstructure) -> Markup:
    size = " x ".join(map(str, volume.labels.shape))
    edge = " x ".join(f"{1e6 * one:.3g}" for one in dict.fromkeys(volume.voxel_edges_metre.tolist()))
    phases = ", ".join(volume.phase_names).replace("_", " ")
    text = f"Slice through {short(volume.id)}: {size} voxels with edges of {edge} µm; {phases}"
    return figure(_drawn(lambda file: draw(volume, file))[0], f"{text}, a colour for each phase.", f"{text}.")


def _curve(curve: Curve) -> Markup:
    time, voltage = curve.test_time_second, curve.voltage_volt
    held = f" at {curve.power_watt:g} W" if isinstance(curve, Discharge) and curve.power_watt else ""
    text = (
        f"Voltage over time of {short(curve.id)}{held}: {voltage[0]:.3g} V to {voltage[-1]:.3g} V in {time[-1]:.0f} s."
    )
    return figure(_drawn(lambda file: draw(curve, file))[0], text, text)


def _origin(best: Best) -> list[Markup]:
    explanation = "All that the best number was made of, from what was given or proposed to the number itself."
    items = [element("li", f"{_made(group)}: ", *_ids(group)) for group in best.ancestors]
    notes = [f"The proposal was informed by {best.informed_by} results of earlier designs."] if best.informed_by else []
    if best.perturbed:
        notes.append(f"{best.perturbed} further artifacts, with perturbed inputs, serve its uncertainty alone.")
    parts = [element("h2", "Where the number comes from"), element("p", explanation), element("ol", *items)]
    return [*parts, element("p", " ".join(notes), class_="faint")] if notes else parts


def _made(group: Ancestors) -> str:
    """The artifacts by their kinds, and the stages that made them."""
    count = f"{len(group.ids)} x " if len(group.ids) > 1 else ""
    made = GIVEN if group.stage == GIVEN else f"by {group.stage}"
    return f"{count}{group.kind.replace('_', ' ')}, {made}"


def _ids(group: Ancestors) -> list[str]:
    more = len(group.ids) - _LISTED
    parts: list[str] = [part for name in group.ids[:_LISTED] for part in (_code(name), " ")]
    return [*parts, f"and {more} more"] if more > 0 else parts


def _reproduced(verifications: tuple[Verification, ...]) -> list[Markup]:
    title = element("h2", "What was reproduced")
    if not verifications:
        return [title, element("p", "Nothing of this campaign has been computed again yet.")]
    rows = [
        [_code(one.subject_id), str(one.verdict), "; ".join([*one.code_changed, *one.environment_changed]) or "nothing"]
        for one in verifications
    ]
    explanation = "Computed again from the recorded inputs and seed in a fresh process, and compared field by field."
    heads = ["id", "verdict", "changed since"]
    return [title, element("p", explanation), table(heads, rows)]


def _further(campaign: Campaign, best: Best | None, again: str) -> list[Markup]:
    commands = [f"ragone report {short(campaign.id)}{again}"]
    if best:
        kpi = short(best.kpis[0].id)
        commands = [
            f"ragone show {kpi}{again}",
            f"ragone lineage {kpi}{again}",
            f"ragone reproduce {kpi} --deep{again}",
            *commands,
        ]
    lines = element("pre", element("code", "\n".join(commands)))
    return [element("h2", "Go on"), element("p", "Typed in a terminal, where the lake is:"), lines]


def _drawn(drawing: Callable[[BytesIO], Any]) -> tuple[bytes, Any]:
    """The PNG file that a function draws, and what it returns."""
    file = BytesIO()
    returned = drawing(file)
    return file.getvalue(), returned


def _code(name: str) -> Markup:
    return element("code", short(name), title=name)
