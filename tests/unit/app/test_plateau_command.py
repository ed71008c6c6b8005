"""`ragone plateau`: ranges of the designs as good as the best, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.models.conclusion import conclude
from ragone.schemas import Candidate, Kpi, KpiOutcome

PATH, CAN = "cell.mass_loading_kilogram_per_square_metre", "cell.form_factor"
SPACE = {PATH: {"low": 0.1, "high": 0.5}, CAN: {"choices": ["4680", "21700"]}}
AIM = {"kpi": "energy_density", "sense": "maximise", "limit": None}


def kpi(value: float, name: str = "energy_density") -> Kpi:
    """A KPI of a candidate."""
    return Kpi(
        name=name,
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED,
        sample_count=1,
        definition="test",
        method="test",
    )


@pytest.fixture
def place(tmp_path):
    """A lake with a campaign of one objective and one of two."""
    loadings, values = (0.1, 0.2, 0.3, 0.4, 0.5), (400.0, 500.0, 502.0, 499.0, 300.0)
    candidates = tuple(Candidate(values={PATH: x, CAN: "4680"}) for x in loadings)
    kpis = tuple(kpi(value) for value in values)
    ids = {}
    with Lake.open(tmp_path / "lake", create=True) as lake:
        for record in (*candidates, *kpis):
            lake.put(record)
        definition = {"space": SPACE}
        ids["one"] = lake.put(conclude.function(candidates, kpis, name="one", definition=definition, goals=[AIM]))
        both = conclude.function(
            candidates[:1],
            (kpis[0], kpi(1.0, "other")),
            name="two",
            definition=definition,
            goals=[AIM, {**AIM, "kpi": "other"}],
        )
        lake.put(kpi(1.0, "other"))
        ids["two"] = lake.put(both)
    return tmp_path / "lake", ids


def test_ranges_are_printed_drawn_and_returned(cli, place, tmp_path):
    """Loadings within 1 % of the best, in the usual unit, and the options of a choice that occur."""
    words = ("plateau", place[1]["one"], "--lake", place[0])
    shown = cli(*words, "--png", tmp_path / "plateau.png")
    assert shown.code == 0, shown.err
    assert "mass_loading [mg/cm^2]" in shown.out
    assert "20 to 40" in shown.out
    assert "3 of 5" in shown.out
    assert "4680" in shown.out
    assert (tmp_path / "plateau.png").read_bytes().startswith(b"\x89PNG")
    (found,) = cli(*words, "--tolerance", "50 %", "--json").data
    assert found["evaluated"][PATH] == [0.1, 0.5]
    assert found["margin"] == 251.0


def test_a_front_has_no_plateau(cli, place):
    """A campaign of two objectives is refused with what to look at."""
    answer = cli("plateau", place[1]["two"], "--lake", place[0])
    assert answer.code == 1
    assert "2 objectives; look at its front instead" in answer.err
