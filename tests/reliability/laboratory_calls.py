"""Processes that ask for candidates and report results of them, saying what they were promised."""

from __future__ import annotations

import random
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from small_studies import study_of

from ragone.dataset import Lake
from ragone.flows import Study
from ragone.flows.design.laboratory import ask, tell_reports
from ragone.flows.design.reports import Report, Reported

READY, ASKED, TOLD = "ready", "asked", "told"


def laboratory_study() -> Study:
    """A study whose suggestions are evenly spread: cheap."""
    study = study_of(1, 16, 1)
    return replace(study, suggest=study.start)


def ask_and_tell(speaks: Connection, path: str, seed: int) -> None:
    """Ask and tell in random order until killed."""
    chance, study = random.Random(seed), laboratory_study()
    with Lake.open(path) as lake:
        speaks.send((READY, []))
        while True:
            if chance.random() < 0.5:
                speaks.send((ASKED, [one.id for one in ask(lake, study, 1).new]))
                continue
            pending = ask(lake, study, 0).pending
            if pending:
                speaks.send((TOLD, report(lake, study, chance.choice(pending).id, chance.random())))


def ask_and_tell_once(speaks: Connection, path: str, start: Any, energy: float) -> None:
    """Ask for a candidate and report it, beginning together with the other processes."""
    study = laboratory_study()
    with Lake.open(path) as lake:
        start.wait()
        (new,) = ask(lake, study, 1).new
        speaks.send((TOLD, report(lake, study, new.id, energy)))


def report(lake: Lake, study: Study, candidate: str, energy: float) -> list[str]:
    """Report one energy density; returns the id of the candidate."""
    kpis = tuple(Reported(goal, 500.0 + energy, 1.0, 1) for goal in study.goals)
    tell_reports(lake, study, [Report("line 1", candidate, {}, "measured", kpis)], "log book")
    return [candidate]
