"""The query of cycle lives: a row each, with covariates, settings and the design of the cell as columns."""

from __future__ import annotations

from collections.abc import Callable

import lake_stages
import polars as pl

from ragone.dataset import Lake
from ragone.schemas import CycleLife, LifeOutcome, Record

Example = Callable[..., Record]
POLICY = {"first_rate": {"value": 5.4, "unit": "1/h"}, "batch": "5/12/17"}


def life(name: str, lower: float, *, upper: float | None = None, **changes: object) -> CycleLife:
    """A life that ended at `upper`, or was stopped at `lower`."""
    outcome = LifeOutcome.BUDGET if upper is None else LifeOutcome.CAPACITY
    values = {"criterion": "80 % of the first capacity", "method": "given", "covariates": POLICY, **changes}
    return CycleLife(cell_name=name, outcome=outcome, lower=lower, upper=upper, **values)  # type: ignore[arg-type]


def test_a_life_has_covariates_and_their_units_as_columns(lake: Lake) -> None:
    """A query filters by a covariate; the upper end of a censored life is null."""
    lake.put(life("a", 811.0, upper=812.0))
    lake.put(life("b", 500.0, covariates={"first_rate": {"value": 3.6, "unit": "1/h"}}))
    rows = lake.lives().sort("cell_name").collect().to_dicts()
    assert [(row["first_rate"], row["first_rate_unit"], row["batch"]) for row in rows] == [
        (5.4, "1/h", "5/12/17"),
        (3.6, "1/h", None),
    ]
    assert [(row["lower"], row["upper"], row["observed"]) for row in rows] == [(811, 812, True), (500, None, False)]
    assert lake.sql("SELECT cell_name FROM lives WHERE first_rate > 5")["cell_name"].to_list() == ["a"]


def test_the_settings_and_the_design_of_the_cell_are_columns(lake: Lake, example: Example) -> None:
    """What the cell is made of stands under the names of the evaluations, and how it was aged beside it."""
    cell = lake.put(example("cell_parameters"))
    fade = lake.run(lake_stages.age, cell=cell, charge_rate=2.0, cycles=4)
    lake.run(lake_stages.read_life, fade=fade.id)
    (row,) = lake.lives().collect().to_dicts()
    assert (row["lower"], row["charge_rate"], row["positive_porosity"]) == (4.0, 2.0, 0.3)
    assert (row["cell_parameters_id"], row["capacity_fade_id"]) == (cell, fade.id)
    assert "cycles" not in row


def test_equal_lives_of_two_cells_are_two_rows(lake: Lake, example: Example) -> None:
    """Both were stopped at the same cycle: one record, for equal content has one id, but two subjects."""
    for porosity in (0.3, 0.4):
        cell = lake.put(example("cell_parameters", positive_porosity=porosity))
        fade = lake.run(lake_stages.age, cell=cell, charge_rate=porosity, cycles=4)
        lake.run(lake_stages.read_life, fade=fade.id)
    found = lake.lives().collect()
    assert found["id"].n_unique() == 1
    assert sorted(found["positive_porosity"].to_list()) == [0.3, 0.4]


def test_a_snapshot_shows_the_lives_that_it_holds(lake: Lake) -> None:
    """A life that came later is not seen, by Python or by SQL."""
    lake.put(life("a", 811.0, upper=812.0))
    snapshot = lake.snapshot("early")
    lake.put(life("b", 500.0))
    assert lake.lives(snapshot).collect()["cell_name"].to_list() == ["a"]
    assert lake.sql("SELECT count(*) AS n FROM lives", at=snapshot)["n"].to_list() == [1]
    assert lake.lives().collect().height == 2


def test_a_lake_without_lives_has_the_columns(lake: Lake) -> None:
    """Nothing is there, and a query for it is answered."""
    found = lake.lives().collect()
    assert found.height == 0
    assert found.schema["upper"] == pl.Float64
    assert lake.sql("SELECT id FROM lives WHERE observed AND lower > 5").height == 0


def test_a_covariate_called_as_a_column_says_what_it_is(lake: Lake) -> None:
    """The outcome of a life is not overwritten by a covariate of that name."""
    lake.put(life("a", 811.0, upper=812.0, covariates={"outcome": "vented", "lower": {"value": 1.0, "unit": "V"}}))
    (row,) = lake.lives().collect().to_dicts()
    assert (row["outcome"], row["outcome of covariates"]) == (str(LifeOutcome.CAPACITY), "vented")
    assert (row["lower"], row["lower of covariates"]) == (811.0, 1.0)


def test_a_number_and_a_text_of_one_name_are_texts(lake: Lake) -> None:
    """A column has one type, so that a query can compare it."""
    lake.put(life("a", 811.0, upper=812.0, covariates={"rate": {"value": 2.0, "unit": "1/h"}}))
    lake.put(life("b", 811.0, upper=812.0, covariates={"rate": "2C"}))
    assert sorted(lake.lives().collect()["rate"].to_list()) == ["2.0", "2C"]


def test_dropped_lives_are_rows_still(lake: Lake, example: Example) -> None:
    """What was dropped to save space keeps its values in the tables, also when these are made anew."""
    fade = lake.run(lake_stages.age, cell=lake.put(example("cell_parameters")), charge_rate=2.0, cycles=4)
    found = lake.run(lake_stages.read_life, fade=fade.id)
    lake.drop([found.id], reason="space")
    lake.rebuild()
    assert lake.lives().collect()["lower"].to_list() == [4.0]


def test_the_columns_describe_themselves(lake: Lake) -> None:
    """The list of tables gives units and meanings of the columns of lives."""
    lake.put(life("a", 811.0, upper=812.0))
    columns = {column.name: column for column in lake.contents()["lives"].columns}
    assert all(column.doc for column in columns.values())
    assert columns["first_rate_unit"].doc == "unit of first_rate"
