"""`ragone age`: age a cell cycle by cycle in stored segments, and say what it lost and to what."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.pictures.fade import LOSSES, draw_ageing
from ragone.app.pictures.survival import draw_survival
from ragone.app.tables.answers import plain, short
from ragone.app.tables.population import population_data, population_text
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows.ageing.chain import age
from ragone.flows.ageing.heterogeneous import age_heterogeneous, regions_of
from ragone.flows.ageing.population import PopulationPlan, age_population, stopping_at_the_end
from ragone.flows.cell.building import build_cell, plan_cell, recipe_of
from ragone.flows.cell.electrodes import subject_of
from ragone.flows.errors import CellError, CyclingError
from ragone.flows.parameter_files.fields import settings_of
from ragone.flows.running.execution import Execution
from ragone.flows.uncertainty.priors_file import read_priors
from ragone.pipelines.ageing import age_cell, find_cycle_life
from ragone.schemas import CapacityFade, CellParameters, FadeOutcome, Survival
from ragone.schemas.parameter import named

_DONE = (FadeOutcome.BUDGET, FadeOutcome.STOPPED)
_JUMP = "3e-4"  # of the first capacity, by each jump
_SHOWN = 6  # rows of the table


def execute(session: Session) -> int:
    """Age the cell; 1 if the cycles ended before they should."""
    given = session.arguments
    if given.cells is not None and given.regions is not None:
        raise CyclingError("--cells and --regions are two different things: several cells, or one in parts. Leave one.")
    settings = settings_of(given.settings)
    of_life = {name: settings.pop(name) for name in list(settings) if given.cells is not None and _is_of_life(name)}
    of_ageing = {name: text for name, text in settings.items() if named(age_cell.parameters, name)}
    of_cell = {name: text for name, text in settings.items() if name not in of_ageing}
    of_ageing |= {"model": given.model} if given.model else {}
    of_ageing = {"jump_error": _JUMP, **of_ageing} if given.jump else of_ageing
    parameters = {age_cell.parameter(name).name: age_cell.parameter(name).read(text, name)
                  for name, text in of_ageing.items()}  # fmt: skip
    if "cycles" in parameters:
        raise CyclingError("--set cycles is --cycles, said twice. Leave one of them out.")
    parameters |= {"protocol": tuple(given.steps)} if given.steps else {}
    with session.lake(create=not given.subject) as lake:
        cell = _cell(session, lake, of_cell)
        if given.cells is not None:
            return _age_population(session, lake, cell.id, parameters, of_life)
        if given.regions is not None:
            return _age_regions(session, lake, cell.id, parameters)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            aged = age(lake, cell.id, cycles=given.cycles, segment=given.segment, settings=parameters, progress=watcher)
        fade = lake.get(aged.fade_id, CapacityFade)
    return _report(session, fade, {"cell_id": cell.id, "state_id": aged.state_id, "segments": aged.segments})


def _age_regions(session: Session, lake: Lake, cell_id: str, parameters: dict[str, Any]) -> int:
    """Age parallel regions of the cell at one voltage, in one piece."""
    given = session.arguments
    stated = read_priors(given.tolerances) if given.tolerances else None
    regions = regions_of(lake, cell_id, given.regions, seed=given.seed, stated=stated)
    with session.working(f"{given.cycles} cycles of {len(regions)} regions"):
        fade_id = age_heterogeneous(lake, regions, {**parameters, "cycles": given.cycles})
    return _report(session, lake.get(fade_id, CapacityFade), {"cell_id": cell_id, "region_ids": list(regions)})


def _report(session: Session, fade: CapacityFade, ids: dict[str, Any]) -> int:
    """Draw and print a fade; 1 if the cycles ended before they should."""
    given = session.arguments
    if given.png and len(fade.cycle_count) > 1:
        draw_ageing(fade, given.png)
        session.advise(f"drawn into {given.png}")
    elif given.png:
        session.advise("No picture is drawn: fewer than two cycles.")
    data = {"id": fade.id, **ids, **plain(fade)}
    said = f"{fade.outcome}{f': {fade.reason}' if fade.reason else ''}"
    session.answer({**data, **_summary(fade)}, Group(Text(one_line(said)), *_tables(fade), Text(fade.id)))
    session.advise(f"Try next: ragone show {short(fade.id)}{session.again()}")
    return FINE if fade.outcome in _DONE else FOUND


def _age_population(session: Session, lake: Lake, cell_id: str, ageing: dict[str, Any], life: dict[str, str]) -> int:
    """Age several cells of the design, report and draw their lives; 1 if one could not be aged."""
    given = session.arguments
    read = {find_cycle_life.parameter(name).name: find_cycle_life.parameter(name).read(text, name)
            for name, text in life.items()}  # fmt: skip
    plan = PopulationPlan(
        cells=given.cells,
        seed=given.seed,
        cycles=given.cycles,
        segment=given.segment,
        ageing=stopping_at_the_end(ageing, read),
        life=read,
        stated=read_priors(given.tolerances) if given.tolerances else None,
    )
    execution = Execution("processes", given.workers) if given.workers > 1 else Execution()
    with Watcher(session.notes, hidden=session.silent) as watcher:
        found = age_population(lake, cell_id, plan, execution, watcher)
    if given.png and found.survival_id:
        draw_survival(lake.get(found.survival_id, Survival), given.png)
        session.advise(f"drawn into {given.png}")
    session.answer({"design_id": cell_id, **population_data(lake, found)}, population_text(lake, found))
    session.advise(f"Try next: ragone query 'SELECT cell_name, lower, upper FROM lives'{session.again()}")
    return FOUND if any(one.error for one in found.cells) else FINE


def _is_of_life(name: str) -> bool:
    """Whether a setting is one of the end of life; what is one of ageing too is ageing's."""
    return bool(named(find_cycle_life.parameters, name)) and not named(age_cell.parameters, name)


def _cell(session: Session, lake: Lake, settings: dict[str, str]) -> CellParameters:
    """The cell that is named, or that is built of what is named."""
    given = session.arguments
    stored = lake.get(given.subject) if given.subject else None
    if isinstance(stored, CellParameters):
        if settings or given.parameter_set or given.recipe:
            raise CellError(f"{stored.id} is a cell already, of which nothing can be set: {', '.join(settings)}.")
        return stored
    if stored is not None and given.recipe:
        raise CellError("an id and --recipe say two different things. Leave one out.")
    words = {**settings, **({"parameter_set": given.parameter_set} if given.parameter_set else {})}
    plan = plan_cell(words, of_electrode=bool(given.subject or given.recipe), ideal=bool(given.recipe))
    subject = recipe_of(given.recipe) if stored is None and given.recipe else stored and subject_of(stored)
    with session.working("building the cell"):
        return build_cell(lake, plan, subject or None)


def _summary(fade: CapacityFade) -> dict[str, Any]:
    """Capacities and shares of lost lithium at the end."""
    count = len(fade.cycle_count)
    if not count:
        return {"cycles": 0}
    capacity, reference = fade.discharging_capacity_ampere_hour, _reference(fade)
    lost = {words: float(fade.variables[fade.variable_names.index(name), -1])
            for name, words in LOSSES.items() if name in fade.variable_names}  # fmt: skip
    total = sum(lost.values())
    return {
        "cycles": int(fade.cycle_count[-1]),
        "first_capacity_ampere_hour": float(capacity[0]),
        "last_capacity_ampere_hour": float(capacity[-1]),
        "reference_capacity_ampere_hour": reference,
        "capacity_share": float(capacity[-1] / reference) if reference else None,
        "lithium_lost_ampere_hour": lost,
        "lithium_lost_share": {name: value / total for name, value in lost.items()} if total else {},
    }


def _reference(fade: CapacityFade) -> float:
    """The capacity that shares are of [A h]: that of the second cycle, or of the first one if there is no other."""
    return fade.reference_capacity_ampere_hour or float(fade.discharging_capacity_ampere_hour[0])


def _tables(fade: CapacityFade) -> list[Table]:
    """Some of the cycles, and the lithium lost at the end."""
    if not len(fade.cycle_count):
        return []
    rows = np.unique(np.linspace(0, len(fade.cycle_count) - 1, _SHOWN).round().astype(int))
    reference = _reference(fade)
    of = "first" if fade.reference_capacity_ampere_hour is None else "second"
    cycles = Table("cycle", "discharged", f"of the {of}", box=None)
    for row in rows:
        capacity = fade.discharging_capacity_ampere_hour[row]
        cycles.add_row(
            str(fade.cycle_count[row]), f"{capacity:.4g} A h", f"{capacity / reference:.1%}" if reference else ""
        )
    lost = _summary(fade)
    losses = Table("lithium lost to", "charge", "share", box=None)
    for name, value in lost["lithium_lost_ampere_hour"].items():
        share = lost["lithium_lost_share"].get(name)
        losses.add_row(name, f"{value:.3g} A h", "" if share is None else f"{share:.0%}")
    return [cycles, losses] if losses.row_count else [cycles]
