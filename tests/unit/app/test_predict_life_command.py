"""`ragone predict-life`, through the real entry point."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.survival.early import predict_in_lake
from ragone.flows.survival.fades import find_fades
from ragone.schemas import Verdict
from tests.synthetic_cells import power_law_fade


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with fifteen cells of five designs, a few of which still run."""
    folder = tmp_path_factory.mktemp("predict-life") / "lake"
    rng = np.random.default_rng(11)
    with Lake.open(folder, create=True) as lake:
        for number in range(15):
            life = float(np.exp(5.6 + 0.3 * (number % 5) + rng.normal(0, 0.05)))
            lake.put(
                power_law_fade(life, min(800, life * 1.01), noise=1e-4, cell_name=f"{'abcde'[number % 5]} {number}")
            )
    return folder


def test_running_cells_are_predicted_with_the_error_on_designs_held_out(cli, place):
    """The error beside that without features, the model, and a row for each cell that runs."""
    shown = cli("predict-life", "--lake", place)
    assert shown.code == 0, shown.err
    assert "on designs held out" in shown.out
    assert "log_loss" in shown.out
    found = json.loads(cli("predict-life", "--json", "--lake", place).out)
    assert found["relative_error"] < found["relative_error_without"]
    assert len(found["cell_names"]) == found["life_count"] - found["death_count"]
    assert all(name in shown.out for name in found["cell_names"])


def test_too_few_deaths_are_said(cli, place):
    """Nothing is learned, and the exit code says so."""
    answer = cli("predict-life", "--where", "cell_name like 'a%'", "--lake", place)
    assert answer.code == 1
    assert "too few lives" in answer.out


def test_it_reproduces(place):
    """From the fades that it was informed by."""
    with Lake.open(place) as lake:
        found = predict_in_lake(lake, find_fades(lake, []), cycles=100, capacity_share=0.8)
        assert lake.reproduce(found.id).verdict is Verdict.BITWISE
