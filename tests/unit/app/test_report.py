"""`ragone report`: a campaign as one page, drawn from records."""

from __future__ import annotations

import numpy as np
import pytest
from goal_problems import goal, kpi

from ragone.dataset import Lake
from ragone.models.conclusion import conclude
from ragone.schemas import Candidate
from tests.html_pages import StrictPage

ENERGY, COST = goal("maximise", name="energy_density"), goal("minimise", name="cost")
HEAT = goal("at_most", 60.0, name="maximum_temperature")
SPACE = {
    "recipe.porosity": {"low": 0.2, "high": 0.5},
    "cell.layers": {"low": 1, "high": 4, "whole": True},
    "cell.housing": {"choices": ["pouch", "prism"]},
}
HOSTILE = "</title><script>alert(1)</script> \"'&amp; $\\frac \x1b[31m\u202e <img src=x onerror=alert(1)>"


@pytest.fixture
def campaign(tmp_path, example):
    """Store a campaign of given designs of which nothing but the KPIs is known; gives its id."""

    def store(name="plain", feasible=True, text="any"):
        with Lake.open(tmp_path / "lake", create=True) as lake:
            tried = [
                lake.put(Candidate(values={"recipe.porosity": porosity, "cell.form_factor": text}))
                for porosity in (0.3, 0.4)
            ]
            kpis = [
                lake.put(example("kpi", value=value, standard_uncertainty=1.5, sample_count=7, method=text))
                for value in (600.0, 650.0)
            ]
            goals = [{"kpi": "energy_density", "sense": "maximise", "limit": None}]
            if not feasible:
                goals.append({"kpi": "energy_density", "sense": "at_least", "limit": 700.0})
                kpis = [one for one in kpis for _ in range(2)]
            given = {"name": name, "definition": {"space": {"recipe.porosity": {"choices": [text]}}}, "goals": goals}
            return lake.run(conclude, candidates=tried, kpis=kpis, **given).id

    return store


def test_the_best_design_stands_on_the_page_with_its_number(cli, campaign, tmp_path):
    """Value, uncertainty, unit, count and design are told; every id on the page is one of the lake."""
    name = campaign()
    answer = cli("report", name[:21], "--html", "page.html", "--json")
    assert answer.code == 0
    assert answer.data == {"campaign_id": name, "page": "page.html"}
    page = StrictPage((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "Energy density 650.0 ± 1.5 W.h/L (n = 7)" in page.text
    assert "Design 2: form factor any, porosity 40 %." in page.text
    assert "2 designs were evaluated, 2 of them feasible" in page.text
    assert "Nothing of this campaign has been computed again yet." in page.text
    (scatter, convergence, _), alts = zip(*page.pictures, strict=True)
    assert scatter.startswith(b"\x89PNG")
    assert convergence.startswith(b"\x89PNG")
    assert alts[0].startswith("Scatter plot: energy density [W.h/L] over porosity [%]")
    assert alts[1] == ("Best feasible value so far over the number of designs: 650.0 ± 1.5 W.h/L (design 2) after 2.")
    assert (
        "Nothing is said by a surrogate: no surrogate can be fitted to its trials: its space varies nothing"
        in page.text
    )
    with Lake.open(tmp_path / "lake") as lake:
        assert name in {lake.resolve(one) for one in page.ids}


def test_a_campaign_without_a_feasible_design(cli, campaign, tmp_path):
    """Its designs are drawn, and no best one is named."""
    assert cli("report", campaign(feasible=False)).code == 0
    page = StrictPage((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "2 designs were evaluated, 0 of them feasible" in page.text
    assert "The best design" not in page.text
    assert "ringed" not in page.text


def test_text_of_a_stranger_is_shown_and_not_obeyed(cli, campaign, tmp_path):
    """Names, values and methods are text on the page, whatever they hold; control characters are written out."""
    assert cli("report", campaign(HOSTILE, text=HOSTILE)).code == 0
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = StrictPage(content)
    assert "script" not in page.tags
    assert page.tags.count("img") == 3
    assert page.text.count("<script>alert(1)</script> \"'&amp; $\\frac \\x1b[31m\\u202e <img src=x") >= 5
    assert "\x1b" not in content


def test_the_same_lake_gives_the_same_bytes(cli, campaign, tmp_path):
    """The page holds no time of its own."""
    name = campaign()
    for file in ("first.html", "second.html"):
        assert cli("report", name, "--html", file).code == 0
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()


def test_what_is_no_campaign_is_refused(cli, campaign):
    """By its kind, with the way to list campaigns."""
    campaign()
    kpi = cli("query", "--json", "SELECT id FROM kpis LIMIT 1").data[0]["id"]
    answer = cli("report", kpi)
    assert answer.code == 2
    assert "is a kpi, not a campaign" in answer.err


@pytest.fixture
def reviewed(tmp_path):
    """Store a campaign in a space of three variables, of given values of an energy, a cost and a temperature.

    A trial without values failed; its designs are drawn at random, the same ones for the same number.
    """

    def store(rows, goals, space=SPACE, name="looked back on"):
        random = np.random.default_rng(3)
        tried = [
            Candidate(
                values={
                    "recipe.porosity": float(random.uniform(0.2, 0.5)),
                    "cell.layers": int(random.integers(1, 5)),
                    "cell.housing": str(random.choice(["pouch", "prism"])),
                }
            )
            for _ in rows
        ]
        failed = [number for number, row in enumerate(rows) if row is None]
        with Lake.open(tmp_path / "lake", create=True) as lake:
            candidates = [lake.put(one) for one in tried]
            kpis = [
                lake.put(kpi(value, 0.5, name=goal["kpi"]))
                for row in rows
                if row is not None
                for value, goal in zip(row, goals, strict=True)
            ]
            given = {"name": name, "definition": {"space": space}, "goals": goals, "failed_trials": failed}
            return lake.run(conclude, candidates=candidates, kpis=kpis, **given).id

    return store


def written(tmp_path):
    """The page as it was written, and its alternative texts."""
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(content) < 2_000_000
    page = StrictPage(content)
    return page, [alt for _, alt in page.pictures]


def test_several_objectives_with_a_limit_and_failures(cli, reviewed, tmp_path):
    """Hypervolume with its reference point, the front with the chosen design, a slice of every goal; links to rows."""
    goals = [ENERGY, COST, HEAT]
    rows = [(500.0 + 9 * n, 10.0 + n, 30.0 + 3 * n) for n in range(7)]
    rows[2], rows[4] = None, (None, 12.0, 31.0)
    name = reviewed(rows, goals)
    assert cli("report", name, "--pictures", "pictures").code == 0
    page, alts = written(tmp_path)
    assert "The reference point is energy density" in page.text
    assert "Chosen (ringed): design" in page.text
    starts = [alt[:30] for alt in alts]
    assert "Hypervolume of the front so fa" in starts
    assert "Scatter plot of energy density" in starts
    assert sum(alt.startswith("Slices of the surrogate of") for alt in alts) == 3
    assert {f"design-{n + 1}" for n in range(7)} == page.anchors
    assert all(title.startswith(f"Design {anchor[7:]}: ") for anchor, title in page.links)
    assert any("candidate-" in title for _, title in page.links)
    files = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert {"front.png", "hypervolume.png", "slices-1.png", "slices-2.png", "slices-3.png"} <= set(files)


def test_a_design_of_the_front_is_chosen_by_name(cli, reviewed, tmp_path):
    """Its number and KPIs stand under the best design; one that is not on the front is refused."""
    name = reviewed([(500.0, 10.0), (510.0, 11.0), (520.0, 12.0), (400.0, 13.0)], [ENERGY, COST])
    assert cli("report", name, "--choose", "3").code == 0
    page, _ = written(tmp_path)
    assert "It is the one asked for." in page.text
    assert "Energy density 520.00 ± 0.50 W.h/L" in page.text
    answer = cli("report", name, "--choose", "4")
    assert answer.code == 2
    assert "'4' is no design of the front. Name 1, 2, 3, or a rule: ideal or knee." in answer.err


def test_nothing_is_chosen_where_there_is_no_front(cli, reviewed):
    """One objective has a best design."""
    answer = cli("report", reviewed([(500.0,), (510.0,)], [ENERGY]), "--choose", "knee")
    assert answer.code == 2
    assert "has no front to choose a design of" in answer.err


def test_a_campaign_all_of_whose_evaluations_failed(cli, reviewed, tmp_path):
    """Nothing was reached, no surrogate knows anything, and the page says so."""
    assert cli("report", reviewed([None, None, None], [ENERGY, HEAT])).code == 0
    page, alts = written(tmp_path)
    assert "There is no picture: no design was feasible, so that nothing was reached." in page.text
    assert not any("surrogate" in alt for alt in alts)


def test_two_trials_are_enough_for_a_page(cli, reviewed, tmp_path):
    """The surrogate of two values is uncertain, and drawn."""
    assert cli("report", reviewed([(500.0,), (510.0,)], [ENERGY])).code == 0
    _, alts = written(tmp_path)
    assert any(alt.startswith("Slices of the surrogate of energy density [W.h/L] through design 2") for alt in alts)


def test_surrogates_are_shown_where_no_design_is_feasible(cli, reviewed, tmp_path):
    """Through the design that is best in the first objective, which the heading says."""
    rows = [(500.0, 70.0), (530.0, 80.0), (510.0, 75.0)]
    assert cli("report", reviewed(rows, [ENERGY, HEAT])).code == 0
    page, _ = written(tmp_path)
    assert "Around design 2, which is best in the first objective; none is feasible" in page.text


def test_parallel_coordinates_hold_what_varies_and_the_kpis(cli, reviewed, tmp_path):
    """Options and numbers, each with its name; a design without values is still a line."""
    rows = [(500.0, 30.0), None, (510.0, 40.0), (505.0, 70.0)]
    assert cli("report", reviewed(rows, [ENERGY, HEAT])).code == 0
    _, alts = written(tmp_path)
    (alt,) = [one for one in alts if one.startswith("Parallel coordinates")]
    assert alt == (
        "Parallel coordinates of 4 designs: housing, layers, porosity, energy density, maximum temperature; the line "
        "of design 3 is thick."
    )
