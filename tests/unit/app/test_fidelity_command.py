"""`ragone generator fidelity`: what it refuses, and how a report is shown."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rich.console import Console

from ragone.app.pictures.fidelity import draw_fidelity
from ragone.app.tables.answers import plain
from ragone.app.tables.fidelity import plain_report, report
from ragone.dataset import Lake
from ragone.flows import FidelityResult

PNG = b"\x89PNG"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--volumes", "a", "--where", "b"), "twice"),
        (("--volumes", "a", "--seeds", "3"), "--seeds is for simulated volumes"),
        (("--seeds", "1"), "seeds = 1"),
        (("--conditions", "0"), "--conditions 0 must be from 1"),
        (("--conditions", "no.yaml"), "no.yaml does not exist"),
        (("--conditions", "some.yaml", "--beyond"), "twice"),
        (("--edge", "0"), "--edge 0 must be 1 at least"),
    ],
)
def test_what_contradicts_itself_is_refused_before_anything_is_done(cli, stored, words, message):
    """Exit code 2, and the reason."""
    answer = cli("generator", "fidelity", stored.ids["microstructure"], *words, "--lake", stored.place)
    assert answer.code == 2
    assert message in answer.err


def test_what_is_no_generator_is_refused(cli, stored):
    """Its id is named, and what to do."""
    answer = cli("generator", "fidelity", stored.ids["microstructure"], "--lake", stored.place)
    assert answer.code == 2
    assert "not a generator" in answer.err


@pytest.fixture
def result(example) -> FidelityResult:
    """A report of two samples; one memorised, and one metric of the real volumes has no scatter."""
    noise = example("fidelity", sample="real again", real_spread=np.array([0.0, 0.03]))
    ours = example("fidelity", real_spread=np.array([0.0, 0.03]), memorised=True)
    records = {"real again": noise, "generated": ours}
    return FidelityResult(records, {}, ("seed 3: no",), ())


def test_a_report_for_the_eye(result):
    """Errors with a star where they are no chance, spreads where there are any, memorisation, ids."""
    console = Console(width=150)
    with console.capture() as caught:
        console.print(report(result))
    text = caught.get()
    assert "pore fraction p" in text
    assert "8.00*" in text
    assert "+10.00" in text
    assert "0.67 ± 0.07" in text
    assert "): memorised" in text
    assert "): not memorised" in text
    assert all(record.id[:21] in text for record in result.records.values())


def test_the_worst_condition_is_the_farthest_that_both_samples_have(example):
    """With its sign, of the real mean unless absolute; a condition without a number does not count."""
    means = np.array([[0.31, 0.8e5], [0.35, 9e5]])
    record = example("fidelity", mean=means, count=np.array([[8, 8], [8, 0]]))
    assert record.worst() == pytest.approx([-0.05, -0.2])


def test_a_report_as_data(result):
    """JSON holds it; what is not known is null."""
    data = json.loads(json.dumps(plain(plain_report(result, "a.png")), allow_nan=False))
    assert data["samples"]["generated"]["spread_ratio"][0] is None
    assert data["samples"]["generated"]["memorised"] is True
    assert data["failures"] == ["seed 3: no"]


def test_a_picture(result, tmp_path):
    """Drawn without slices, if no voxels are kept."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        draw_fidelity(lake, result, tmp_path / "f.png")
    assert (tmp_path / "f.png").read_bytes().startswith(PNG)
