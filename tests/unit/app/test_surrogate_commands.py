"""`ragone retrain`, `predict` and `screen`: a history in, the best of many virtual designs out."""

from __future__ import annotations

import polars as pl
import pytest
from evaluated_designs import fill

from ragone.dataset import Lake

QUICK = ("--methods", "mean,linear,quadratic")
DESIGN = ("--set", "porosity=32 %", "--set", "mass_loading=20 mg/cm^2", "--set", "binder_adhesion=0.5")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A lake of thirty evaluated designs."""
    place = tmp_path_factory.mktemp("history") / "lake"
    with Lake.open(place, create=True) as lake:
        fill(lake, 30)
    return place


def test_from_a_history_to_the_best_of_many_designs(cli, history, tmp_path):
    """Trained and promoted, asked about a design and about many, from the lake and from files."""
    where = ("--lake", history)
    shown = cli("retrain", "--target", "energy_density", *QUICK, "--export", tmp_path / "out", *where)
    assert shown.code == 0
    assert "energy_density [W.h/L] by quadratic, from 30 observations of 30 designs" in shown.out
    assert "promoted: none stood before it" in shown.out
    assert "porosity" in shown.out
    asked = cli("predict", "energy_density", *DESIGN, "--json", *where)
    assert asked.code == 0
    assert asked.data["prediction"] == pytest.approx(637.0, abs=2)
    assert asked.data["interval"][0] < asked.data["prediction"] < asked.data["interval"][1]
    file = tmp_path / "out" / "energy_density.json"
    assert cli("predict", file, *DESIGN, "--json").data["prediction"] == asked.data["prediction"]
    outside = cli("predict", file, *DESIGN, "--set", "porosity=0.9")
    assert (outside.code, "OUTSIDE" in outside.out) == (1, True)
    best = cli("screen", "energy_density", "--count", 20_000, "--top", 4, "--set", "porosity=0.25..0.3", *where)
    assert best.code == 0
    assert "the best of 20,000 designs" in best.out
    cli("screen", file, "--count", 5000, "--top", 4, "--output", "best.parquet")
    frame = pl.read_parquet("best.parquet")
    assert frame.height == 4
    assert {"prediction", "low", "high", "inside_domain", "porosity"} <= set(frame.columns)
    again = cli("retrain", "--target", "energy_density", "--if-grown", "20 %", *QUICK, *where)
    assert again.code == 0
    assert "not trained; the history has grown by 0%" in again.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("retrain", "--target", "energy_densty"), "no column 'energy_densty': did you mean 'energy_density'?"),
        (("retrain", "--target", "energy_density", "--where", "porosity > 2"), "no evaluation fits"),
        (("retrain", "--target", "energy_density", "--if-grown", "-5 %"), "--if-grown"),
        (("retrain", "--target", "energy_density", "--methods", "forest"), "method 'forest' is not known"),
        (("predict", "density"), "no surrogate, and none of that target is in use"),
        (("predict", "missing.json"), "there is no file missing.json"),
        (("screen", "missing.json"), "there is no file missing.json"),
    ],
)
def test_refusals(cli, history, words, said):
    """They name what was wrong and what to do."""
    answer = cli(*words, "--lake", history)
    assert answer.code in (1, 2)
    assert said in answer.err
