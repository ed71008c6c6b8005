"""Finding one's way in a lake: its tables and columns, its campaigns."""

from __future__ import annotations

import pytest

from ragone.dataset import CAMPAIGN, Lake
from ragone.models.acquisition import suggest_by_sobol
from ragone.models.conclusion import conclude
from ragone.models.history import tell
from ragone.schemas import Candidate


def test_tables(cli, stored):
    """Tables with rows have a line each, with what they hold; the others are named."""
    answer = cli("tables")
    lines = {line.split()[0]: line for line in answer.out.splitlines() if line}
    assert lines["kpis"].split()[1] == "4"
    assert "One number" in lines["kpis"]
    assert "campaigns" in lines["without"]
    assert "kpis," not in lines["without"]
    data = {table["table"]: table for table in cli("tables", "--json").data}
    assert data["kpis"]["rows"] == 4
    assert data["campaigns"]["rows"] == 0


def test_columns_of_a_table(cli, stored):
    """Each column has its type, unit and description; what only the records hold is named."""
    answer = cli("tables", "transports")
    row = next(line for line in answer.out.splitlines() if line.startswith("specific_surface_area_per_metre "))
    assert row.split()[1:3] == ["DOUBLE", "1/m"]
    assert "area of active material" in row
    assert "labels" in cli("tables", "microstructures").out.splitlines()[-1]
    data = cli("tables", "transports", "--json").data
    assert (data["table"], data["rows"]) == ("transports", 2)
    column = next(column for column in data["columns"] if column["name"] == "voxel_size_metre")
    assert {"type": "DOUBLE", "unit": "m"}.items() <= column.items()


def test_tables_on_a_narrow_terminal(cli, stored, monkeypatch):
    """Long names leave room for the descriptions."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("tables", "transports").out.splitlines()
    assert max(map(len, lines[1:-1])) <= 80
    assert any("area of active material" in line for line in lines)


def test_table_that_is_not_there(cli, stored):
    """The nearest name is suggested."""
    answer = cli("tables", "kpi")
    assert answer.code == 2
    assert "did you mean 'kpis'" in answer.err


MAXIMISE = {"kpi": "energy_density", "sense": "maximise", "limit": None}


@pytest.fixture
def campaign(tmp_path, example):
    """Store a campaign of designs with these values of energy density and of mass; gives its id."""

    def store(title, values, wanted=(MAXIMISE,), /, **changed):
        with Lake.open(tmp_path / "lake", create=True) as lake:
            tried = [lake.put(Candidate(values={"recipe.porosity": 0.3 + n / 100})) for n in range(len(values))]
            units = {"energy_density": "W.h/L", "mass": "kg"}
            kpis = [
                lake.put(example("kpi", name=goal["kpi"], value=value, unit=units[goal["kpi"]]))
                for row in values
                for goal, value in zip(wanted, row, strict=True)
            ]
            made = lake.run(conclude, candidates=tried, kpis=kpis, name=title, definition={}, goals=list(wanted))
            if not changed:
                return made.id
            record = lake.get(made.id)
            return lake.put(type(record).build({n: getattr(record, n) for n in record.fields()} | changed))

    return store


def test_campaigns_newest_first(cli, campaign, tmp_path):
    """Each has its moment, trials, feasible ones, goals, and the best value with uncertainty and unit."""
    first = campaign("first", [[600.0], [650.0]])
    at_least = {"kpi": "energy_density", "sense": "at_least", "limit": 640.0}
    second = campaign("second", [[620.0, 620.0], [645.0, 645.0]], (MAXIMISE, at_least))
    out = cli("campaigns").out.splitlines()
    assert [line.split()[0] for line in out if not line.startswith(" ")] == [second[:21], first[:21]]
    assert out[0].split()[3:] == ["UTC", "second"]
    assert out[1].strip() == "maximise energy_density, energy_density at least 640: 2 trials, 1 feasible"
    assert out[5].strip().startswith("best energy_density 650.0 ± 3.0 W.h/L  candidate-")
    data = cli("campaigns", "--json").data
    assert [(c["id"], c["trials"], c["feasible"]) for c in data] == [(second, 2, 1), (first, 2, 2)]
    (best,) = data[1]["best"]
    with Lake.open(tmp_path / "lake") as lake:
        assert best["candidate_id"] == lake.get(first).best_candidate_id
    assert (best["kpis"][0]["value"], best["kpis"][0]["unit"]) == (650.0, "W.h/L")


def test_campaigns_with_a_front_or_without_a_best(cli, campaign):
    """A front is counted, with the values that it spans; where nothing is feasible that is said."""
    minimise = {"kpi": "mass", "sense": "minimise", "limit": None}
    campaign("several", [[600.0, 0.05], [650.0, 0.06], [590.0, 0.07]], (MAXIMISE, minimise))
    assert "front of 2 designs: energy_density 600 to 650 W.h/L, mass 0.05 to 0.06 kg" in cli("campaigns").out
    limit = {"kpi": "energy_density", "sense": "at_least", "limit": 700.0}
    campaign("none", [[600.0, 600.0]], (MAXIMISE, limit))
    assert "no design is feasible" in cli("campaigns").out


def test_campaigns_of_a_stranger(cli, campaign):
    """A campaign that cannot be understood costs itself only; no id of one becomes part of a query."""
    good = campaign("good", [[600.0]])
    campaign("any", [[601.0]], name="odd\x1b[31m", goals=["energy_density"])
    campaign("any", [[602.0]], name="limit", goals=[{"kpi": "a", "sense": "at_least", "limit": "much"}])
    campaign("any", [[603.0]], name="quoted", kpi_ids=("it's",))
    answer = cli("campaigns")
    assert answer.code == 0
    assert answer.out.count("cannot be read") == 2
    assert "\x1b" not in answer.out
    found = {c["name"]: c for c in cli("campaigns", "--json").data}
    assert found["quoted"]["best"][0]["kpis"] == []
    assert found["good"]["id"] == good
    assert found["good"]["best"][0]["kpis"][0]["value"] == 600.0


def test_no_campaigns(cli, stored):
    """A lake without campaigns says so."""
    answer = cli("campaigns")
    assert (answer.code, answer.out) == (0, "no campaigns\n")


def test_find(cli, stored, example):
    """A text is shown with where it stands and the newest record that has it; long ones around it."""
    with Lake.open(stored.place) as lake:
        named = lake.put(example("kpi", name="a" * 100 + "Needle" + "b" * 100))
    answer = cli("find", "needle")
    assert answer.code == 0
    row = answer.out.splitlines()[1]
    assert row.split()[:3] == [named[:16], "1", "kpis.name"]
    assert row.split()[3] == f"...{'a' * 40}Needle{'b' * 40}..."
    (data,) = cli("find", "needle", "--json").data
    assert (data["newest"], data["count"]) == (named, 1)


def test_find_nothing(cli, stored):
    """Exit code 1 says that nothing was found; an empty text is refused."""
    answer = cli("find", "no such thing")
    assert (answer.code, answer.out) == (1, "nothing holds 'no such thing'\n")
    assert cli("find", " ").code == 2


def test_diff(cli, campaign):
    """What differs stands side by side, numbers with whether their difference matters; `--all` shows the rest."""
    first, second = campaign("first", [[600.0], [650.0]]), campaign("second", [[602.0], [680.0]])
    answer = cli("diff", first[:16], second[:16])
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].split()[:2] == ["first", first[:21]]
    assert lines[1].split()[-1] == "second"
    best = next(line for line in lines if line.startswith("best energy_density"))
    assert "650.0 ± 3.0 W.h/L" in best
    assert "+30.0 ± 4.2 W.h/L, beyond uncertainty" in best
    assert not any(line.startswith("trials") for line in lines)
    assert any(line.startswith("trials") for line in cli("diff", first, second, "--all").out.splitlines())
    data = cli("diff", first, second, "--json").data
    (entry,) = [entry for entry in data["sections"]["results"] if entry["name"] == "best energy_density"]
    assert (data["kind"], entry["first"], entry["unit"], entry["significant"]) == ("campaign", 650.0, "W.h/L", True)


def test_diff_of_designs_in_evaluations(cli, campaign, tmp_path):
    """Two designs are compared by what was evaluated of them, too."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        ids = lake.get(campaign("first", [[600.0], [650.0]])).candidate_ids
    data = cli("diff", *ids, "--json").data["sections"]
    assert {entry["name"]: (entry["first"], entry["second"]) for entry in data["evaluation"]}["trial"] == (1, 2)


def test_diff_of_what_is_not_alike(cli, stored):
    """Two kinds are refused; something beside itself does not differ."""
    answer = cli("diff", stored.ids["kpi"], stored.ids["design"])
    assert answer.code == 2
    assert "Only two of one kind" in answer.err
    answer = cli("diff", stored.ids["kpi"], stored.ids["kpi"])
    assert answer.code == 0
    assert "They do not differ." in answer.err


def test_campaigns_with_tags_and_notes(cli, campaign):
    """What was said of a campaign stands in its list."""
    name = campaign("study", [[600.0]])
    cli("tag", name, "paper", "2026-best")
    cli("note", name, "as submitted")
    lines = cli("campaigns").out.splitlines()
    assert lines[0].endswith("study  [paper, 2026-best]")
    assert lines[1] == "  note: as submitted"
    (data,) = cli("campaigns", "--json").data
    assert (data["tags"], data["notes"]) == (["paper", "2026-best"], ["as submitted"])


def test_campaigns_that_have_not_concluded(cli, campaign, tmp_path, example):
    """They come first, with their state and the trials so far."""
    campaign("done", [[600.0]])
    with Lake.open(tmp_path / "lake") as lake:
        tried, kpi = lake.put(Candidate(values={"recipe.porosity": 0.31})), lake.put(example("kpi", value=1.0))
        history = lake.run(tell, before=None, candidates=[tried], kpis=[kpi], name="cut", goals=[MAXIMISE]).id
        assert cli("campaigns").out.splitlines()[1] == "  stopped; maximise energy_density: 1 trials so far"
        with lake.doing(CAMPAIGN, "cut"), lake.doing(CAMPAIGN, "begun"):
            lines = cli("campaigns").out.splitlines()
            data = {one["name"]: (one["state"], one["id"], one["trials"]) for one in cli("campaigns", "--json").data}
    begun = next(number for number, line in enumerate(lines) if line.endswith("begun"))
    assert lines[begun].startswith("running  ")
    assert lines[begun + 1] == "  running; no trials known"
    assert "  running; maximise energy_density: 1 trials so far" in lines[:4]
    assert data["cut"] == ("running", history, 1)
    assert data["begun"] == ("running", "", None)
    assert data["done"][0] == "concluded"


def test_drop_says_what_stays(cli, campaign, tmp_path, example):
    """What was made of dropped data, and what they only informed, is counted apart, and kept."""
    asked = {"space": {"recipe.porosity": {"low": 0.3, "high": 0.4}}, "goals": [MAXIMISE], "count": 1, "seed": 1}
    with Lake.open(tmp_path / "lake", create=True) as lake:
        first = lake.run(suggest_by_sobol, candidates=[], kpis=[], failed=[], **asked).outputs["0"]
        kpi = lake.put(example("kpi"))
        second = lake.run(suggest_by_sobol, candidates=[first], kpis=[kpi], failed=[], **asked).outputs["0"]
        made = lake.run(conclude, candidates=[first], kpis=[kpi], name="x", definition={}, goals=[MAXIMISE]).id
    answer = cli("drop", first, "--reason", "space")
    assert answer.out.splitlines()[2:] == [
        "made of it, and kept: 1 campaign",
        "informed by it only, and kept: 1 candidate",
    ]
    assert cli("show", second).code == 0
    assert cli("reproduce", first).code == 0
    data = cli("drop", first, "--reason", "space again", "--json").data
    assert (data["made_of_it"], data["informed_by_it"]) == ([made], [second])
