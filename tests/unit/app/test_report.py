"""`ragone report`: a campaign as one page, drawn from records."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.models.conclusion import conclude
from ragone.schemas import Candidate
from tests.html_pages import StrictPage

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
    (scatter, convergence), alts = zip(*page.pictures, strict=True)
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
    assert page.tags.count("img") == 2
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
