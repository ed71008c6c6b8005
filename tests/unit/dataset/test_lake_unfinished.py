"""Campaigns that have begun and not concluded: known by the optimiser's state, running while their process lives."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ragone.dataset import CAMPAIGN, CampaignState, Lake
from ragone.models.conclusion import conclude
from ragone.models.history import tell
from ragone.schemas import Candidate

GOALS = [{"kpi": "energy_density", "sense": "maximise", "limit": None}]


@pytest.fixture
def study(lake, example):
    """A study of some values, told batch by batch and concluded or not."""

    def run(name, *batches, concluded):
        before, candidates, kpis = None, [], []
        for batch in batches:
            tried = [lake.put(Candidate(values={"recipe.porosity": value / 1000})) for value in batch]
            found = [lake.put(example("kpi", value=value)) for value in batch]
            given = {"candidates": tried, "kpis": found, "name": name, "goals": GOALS}
            before = lake.run(tell, before=before, **given).id
            candidates, kpis = candidates + tried, kpis + found
        if concluded:
            lake.run(conclude, candidates=candidates, kpis=kpis, name=name, definition={}, goals=GOALS)
        return before

    return run


def test_stopped(lake, study):
    """A study whose trials are in no campaign of its name is stopped, with its newest trials; others have concluded."""
    study("done", [600.0], [610.0], concluded=True)
    newest = study("cut", [600.0], [620.0, 630.0], concluded=False)
    (found,) = lake.unfinished_campaigns()
    assert (found.name, found.state, found.history_id) == ("cut", CampaignState.STOPPED, newest)
    assert len(found.history.trials) == 3
    assert found.moment == lake.made(newest)


def test_larger_budget(lake, study):
    """A study that goes on beyond its conclusion is unfinished again, until it concludes again."""
    study("study", [600.0], concluded=True)
    study("study", [600.0], [640.0], concluded=False)
    assert [len(one.history.trials) for one in lake.unfinished_campaigns()] == [2]
    study("study", [600.0], [640.0], concluded=True)
    assert lake.unfinished_campaigns() == []


def test_running(lake, study):
    """While its process says so a campaign runs, also before its first batch of trials."""
    study("going", [600.0], concluded=False)
    study("cut", [610.0], concluded=False)
    with lake.doing(CAMPAIGN, "going"), lake.doing(CAMPAIGN, "begun"), lake.doing("something else", "cut"):
        states = {one.name: (one.state, one.history is None) for one in lake.unfinished_campaigns()}
    assert states == {
        "going": (CampaignState.RUNNING, False),
        "begun": (CampaignState.RUNNING, True),
        "cut": (CampaignState.STOPPED, False),
    }
    assert {one.state for one in lake.unfinished_campaigns()} == {CampaignState.STOPPED}


def test_process_that_was_killed(lake, folder):
    """A sign goes with its process, also where that could not remove it, and is swept when the lake is opened."""
    program = (
        "import os, sys; from ragone.dataset import Lake; lake = Lake.open(sys.argv[1]); "
        "sign = lake.doing('campaign', 'killed'); sign.__enter__(); print('ready', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"ready"
        assert [one.name for one in lake.activities()] == ["killed"]
        process.kill()
    assert lake.activities() == []
    with Lake.open(folder):
        assert list((folder / "tmp").iterdir()) == []


def test_signs_that_are_none(lake, folder):
    """Another process under the same number, and whatever else lies there, says nothing."""
    sign = {"what": CAMPAIGN, "name": "x", "process": 0.0}
    for number, text in enumerate((json.dumps(sign), "[]", "{", "null", json.dumps(sign | {"process": "x"}))):
        (folder / "tmp" / f"{os.getpid()}-sign-{number}").write_text(text)
    (folder / "tmp" / f"x-sign-{os.getpid()}").write_text("{}")
    assert lake.activities() == []


def test_no_signs_in_an_object_store(remote):
    """Where no process can be seen nothing is said, and nothing fails."""
    with Lake.open(remote, create=True) as lake, lake.doing(CAMPAIGN, "x"):
        assert lake.activities() == []
        assert lake.unfinished_campaigns() == []
