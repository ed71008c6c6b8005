"""Evaluations are kept beside the tables, taken up where they ended, and never believed when they were altered."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import NotALakeError, NotASelectError, UnknownIdError
from ragone.dataset.evaluations.segments import Segments
from ragone.dataset.evaluations.view import Evaluations
from ragone.schemas import Kpi, Record

Put = Callable[..., str]


@pytest.fixture
def put(example: Callable[..., Record]) -> Put:
    """Put a KPI with a value of its own, which is an evaluation by itself."""

    def build(lake: Lake, value: float, **changes: Any) -> str:
        return lake.put(example("kpi", value=value, **changes))

    return build


def values(lake: Lake, at: str | None = None) -> list[float]:
    """The KPI of every evaluation, sorted."""
    return sorted(lake.evaluations(at).collect()["energy_density"].to_list())


def kept(folder: Path) -> list[Path]:
    """The files of rows that are kept."""
    return sorted((folder / "tables" / "evaluations").glob("*.arrow"))


def test_what_was_made_is_not_made_again(any_lake: Lake, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lake opened again reads what is kept; new runs alone are worked on; also where tables lie in a cache."""
    put(any_lake, 1.0)
    assert values(any_lake) == [1.0]
    made = []
    original = Evaluations._made
    monkeypatch.setattr(
        Evaluations, "_made", lambda self, rows, visible: made.append(rows) or original(self, rows, visible)
    )
    with Lake.open(any_lake.where) as again:
        assert values(again) == values(again) == [1.0]
        assert made == []
        put(again, 2.0)
        assert values(again) == [1.0, 2.0]
    assert [len(rows) for rows in made] == [1]
    assert values(any_lake) == [1.0, 2.0]


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone", "page flipped", "page gone", "all gone"])
def test_what_is_damaged_is_made_anew(folder: Path, lake: Lake, put: Put, damage: str) -> None:
    """The answer is the same, and what is kept is whole again; fsck finds nothing wrong."""
    for value in (1.0, 2.0):
        put(lake, value)
        values(lake)
    lake.close()
    page = folder / "tables" / "evaluations" / "segments.json"
    target = page if "page" in damage else kept(folder)[0]
    if "gone" in damage:
        for path in [*kept(folder), page] if "all" in damage else [target]:
            path.unlink()
    else:
        data = bytearray(target.read_bytes())
        data[len(data) // 2] ^= 1
        target.write_bytes(data[: len(data) // 2] if damage == "cut" else data)
    assert Lake.inspect(folder).sound
    with Lake.open(folder) as again:
        assert values(again) == [1.0, 2.0]
    assert len(Segments(folder / "tables").read()) > 0


def test_planted_rows_are_not_shown(folder: Path, lake: Lake, put: Put) -> None:
    """Rows that somebody else wrote, consistent with their page but for its seal."""
    put(lake, 1.0)
    values(lake)
    lake.close()
    (path,) = kept(folder)
    page = path.with_name("segments.json")
    forged = pl.read_ipc(io.BytesIO(path.read_bytes())).with_columns(energy_density=pl.lit(9999.0))
    buffer = io.BytesIO()
    forged.write_ipc(buffer)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    path.with_name(f"{digest}.arrow").write_bytes(buffer.getvalue())
    page.write_text(page.read_text().replace(path.stem, digest))
    with Lake.open(folder) as again:
        assert values(again) == [1.0]
    assert 9999.0 not in [v for p in kept(folder) for v in pl.read_ipc(io.BytesIO(p.read_bytes()))["energy_density"]]


def test_rows_under_the_name_of_others_are_not_shown(folder: Path, lake: Lake, put: Put) -> None:
    """A whole file in the place of one that the page names."""
    put(lake, 1.0)
    values(lake)
    lake.close()
    (path,) = kept(folder)
    pl.read_ipc(io.BytesIO(path.read_bytes())).with_columns(energy_density=pl.lit(9999.0)).write_ipc(path)
    with Lake.open(folder) as again:
        assert values(again) == [1.0]


def test_another_users_evaluations_are_made_anew(
    folder: Path, lake: Lake, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With another key neither tables nor evaluations are believed."""
    put(lake, 1.0)
    values(lake)
    lake.close()
    before = json.loads((folder / "tables" / "evaluations" / "segments.json").read_text())
    monkeypatch.setenv("RAGONE_TABLES_KEY", str(tmp_path / "another.key"))
    assert Segments(folder / "tables").read() == []
    with Lake.open(folder) as again:
        assert values(again) == [1.0]
    assert json.loads((folder / "tables" / "evaluations" / "segments.json").read_text())["seal"] != before["seal"]


def test_a_link_among_them_is_refused(folder: Path, lake: Lake, put: Put, tmp_path: Path) -> None:
    """As everywhere among the tables; nothing is written through it."""
    put(lake, 1.0)
    lake.close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "tables" / "evaluations").symlink_to(elsewhere)
    with pytest.raises(NotALakeError, match="a symbolic link"):
        Lake.open(folder)
    assert not list(elsewhere.iterdir())


def test_small_segments_are_put_together(folder: Path, lake: Lake, put: Put) -> None:
    """Many short questions between many commits leave few files, and every snapshot stays right."""
    snapshots = {}
    for number in range(40):
        put(lake, float(number))
        assert len(values(lake)) == number + 1
        if number % 10 == 0:
            snapshots[number] = lake.snapshot()
    assert len(kept(folder)) <= 17
    for number, snapshot in snapshots.items():
        assert values(lake, snapshot) == [float(n) for n in range(number + 1)]
    with Lake.open(folder) as again:
        assert values(again) == [float(n) for n in range(40)]


def test_a_snapshot_sees_no_later_kpi(lake: Lake, put: Put) -> None:
    """Neither as a frame nor in SQL; another name than a snapshot's is refused."""
    put(lake, 1.0)
    snapshot = lake.snapshot()
    put(lake, 2.0)
    assert values(lake, snapshot) == [1.0]
    assert lake.sql("SELECT max(energy_density) FROM evaluations", at=snapshot).item() == 1.0
    assert lake.sql("SELECT max(energy_density) FROM evaluations").item() == 2.0
    with pytest.raises(UnknownIdError):
        lake.evaluations("snapshot-" + "0" * 64)


def test_rebuilding_forgets_them(folder: Path, lake: Lake, put: Put) -> None:
    """What is derived from the tables goes with them."""
    put(lake, 1.0)
    values(lake)
    lake.rebuild()
    assert kept(folder) == []
    assert values(lake) == [1.0]


def test_units_and_missing_values(lake: Lake, put: Put) -> None:
    """KPIs of one name in two units stay apart by the column of their unit; without a value null, never 0."""
    put(lake, 1.0)
    put(lake, 2.0, unit="J/m^3")
    lake.put(
        Kpi(
            name="energy_density",
            value=None,
            unit="W.h/L",
            outcome="the data do not determine it",
            sample_count=1,
            definition="none",
            method="none",
        )
    )
    rows = lake.evaluations().collect().select("energy_density", "energy_density_unit", "outcome").to_dicts()
    assert {(row["energy_density"], row["energy_density_unit"]) for row in rows} == {
        (1.0, "W.h/L"),
        (2.0, "J/m^3"),
        (None, "W.h/L"),
    }
    assert [row["outcome"] for row in rows if row["energy_density"] is None] == ["infeasible"]


def test_an_unknown_column_is_answered_with_the_nearest(lake: Lake, put: Put) -> None:
    """In the evaluations and in the tables; views are suggested as tables are."""
    put(lake, 1.0)
    for query, near in {
        "SELECT energy_densty FROM evaluations": "energy_density",
        "SELECT porosty FROM evaluations WHERE energy_density > 1": "porosity",
        "SELECT valu FROM kpis": "value",
        "FROM evaluation": "evaluations",
    }.items():
        with pytest.raises(NotASelectError, match=f"did you mean '{near}'"):
            lake.sql(query)


def test_a_view_is_made_only_where_it_is_named(lake: Lake, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alias such as `best` costs nothing; quotes, comments and commas before a name are understood."""
    put(lake, 1.0)
    asked = []
    original = Evaluations.now
    monkeypatch.setattr(Evaluations, "now", lambda self: asked.append(1) or original(self))
    assert lake.sql("SELECT max(value) AS best FROM kpis").item() == 1.0
    assert asked == []
    for query in ('SELECT count(*) FROM "evaluations"', "SELECT count(*) FROM kpis,\nEvaluations"):
        assert lake.sql(query).item() == 1
