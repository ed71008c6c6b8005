"""What is computed, what is reused, and what is given."""

from __future__ import annotations

from importlib import metadata

import lake_stages as stages
import pytest

from ragone.dataset import Lake, artifact_id
from ragone.dataset.errors import StageFailedError, UnknownIdError
from ragone.schemas import RunOutcome, Stage
from ragone.schemas.errors import MissingFieldError, StageError, UnknownFieldError


def rows(lake: Lake, table: str) -> int:
    """How many rows a table has."""
    return int(lake.sql(f"SELECT count(*) FROM {table}").item())


def test_put_and_get(any_lake, design):
    """What is put is got, under an id that names its kind."""
    name = any_lake.put(design(0.31), note="from the bench")
    assert name.startswith("design-")
    assert any_lake.get(name).porosity == 0.31
    assert any_lake.sql("SELECT note FROM runs").item() == "from the bench"


def test_put_is_idempotent(any_lake, design):
    """The same content put again is the same artifact, run and rows."""
    assert any_lake.put(design()) == any_lake.put(design())
    assert [rows(any_lake, t) for t in ("artifacts", "runs", "designs")] == [2, 1, 1]  # an environment too


def test_run_then_reuse(any_lake, design):
    """A stage is executed once; the same recipe again answers with the same run."""
    given = any_lake.put(design())
    first = any_lake.run(stages.grow, design=given, seed=7)
    again = any_lake.run(stages.grow, design=given, seed=7)
    assert (first.reused, again.reused) == (False, True)
    assert (first.id, first.run_id) == (again.id, again.run_id)
    assert any_lake.get(first.id).labels.shape == (4, 4, 4)
    assert rows(any_lake, "microstructures") == 1


def test_reuse_by_another_process(folder, design):
    """What one opened lake computed, one opened later reuses."""
    with Lake.open(folder, create=True) as first:
        made = first.run(stages.denser, design=first.put(design()))
    with Lake.open(folder) as later:
        assert later.run(stages.denser, design=later.put(design())).run_id == made.run_id


def test_defaults_are_part_of_the_recipe(lake, design):
    """A default left out and the same value written out are one recipe; another value is another."""
    given = lake.put(design())
    made = lake.run(stages.denser, design=given)
    assert lake.run(stages.denser, design=given, by=0.1).reused
    assert not lake.run(stages.denser, design=given, by=0.2).reused
    parameters = lake.sql(f"SELECT parameters FROM runs WHERE id = '{made.run_id}'").item()
    assert parameters == '{"by":0.1}'


def test_changed_default_is_another_recipe(lake, design):
    """Changing a default changes the recipe of those that rely on it."""
    given = lake.put(design())
    lake.run(stages.denser, design=given)
    function = stages.denser.function
    before = function.__kwdefaults__["by"]
    try:
        function.__kwdefaults__["by"] = 0.3
        assert not lake.run(Stage(function, "denser"), design=given).reused
    finally:
        function.__kwdefaults__["by"] = before


def test_seed_and_input_are_part_of_the_recipe(lake, design):
    """Another seed or another input is computed anew."""
    one, other = lake.put(design(0.3)), lake.put(design(0.4))
    cubes = {lake.run(stages.grow, design=d, seed=seed).id for d, seed in ((one, 1), (one, 2), (other, 1), (one, 1))}
    assert len(cubes) == 3
    assert rows(lake, "runs") == 5


def test_order_of_many_inputs_counts(lake, design):
    """A port of many records takes them in order; the order is part of the recipe."""
    ids = [lake.put(design(p)) for p in (0.2, 0.4)]
    forth = lake.run(stages.blend, designs=ids, rule="first")
    back = lake.run(stages.blend, designs=ids[::-1], rule="first")
    assert (lake.get(forth.id).porosity, lake.get(back.id).porosity) == (0.2, 0.4)
    assert lake.run(stages.blend, designs=tuple(ids), rule="first").reused


def test_library_version_is_part_of_the_recipe(lake, design, monkeypatch):
    """A new version of a declared library computes anew; the old one again reuses."""
    given = lake.put(design())

    def fresh() -> Stage:
        return Stage(stages.denser.function, "denser", ("numpy",))

    assert not lake.run(fresh(), design=given).reused
    assert lake.run(fresh(), design=given).reused
    with monkeypatch.context() as patch:
        patch.setattr(metadata, "version", lambda name: "99.0")
        assert not lake.run(fresh(), design=given).reused
    assert lake.run(fresh(), design=given).reused


def test_failure_is_stored_and_never_served(lake, design):
    """A stage that raises leaves a failed run with its error, and is tried again."""
    given = lake.put(design(0.6))
    first, second = (lake.run(stages.fragile, design=given) for _ in range(2))
    assert first.outcome is second.outcome is RunOutcome.FAILED
    assert first.run_id != second.run_id
    assert not second.reused
    assert first.error == "ValueError: porosity 0.6 is above 0.5"
    assert lake.get(first.run_id).error == first.error
    with pytest.raises(StageFailedError, match=r"above 0\.5"):
        _ = first.id
    assert lake.sql("SELECT count(*) FROM runs WHERE outcome = 'failed'").item() == 2


def test_no_record_is_a_failure(lake, design):
    """A stage that returns no record has failed."""
    made = lake.run(stages.nothing, design=lake.put(design()))
    assert made.outcome is RunOutcome.FAILED
    assert "NoneType" in made.error


def test_several_outputs(lake, design):
    """Outputs have roles; one asks for them by role, and they are reused together."""
    given = lake.put(design(0.4))
    made = lake.run(stages.halves, design=given)
    assert {role: lake.get(i).porosity for role, i in made.outputs.items()} == {"lean": 0.2, "rich": 0.5}
    with pytest.raises(StageFailedError, match="choose one"):
        _ = made.id
    assert lake.run(stages.halves, design=given).outputs == made.outputs


def test_lost_output_is_computed_again(lake, design, object_file):
    """Where an output's file is gone, the recipe is executed again and the artifact is back."""
    given = lake.put(design())
    made = lake.run(stages.denser, design=given)
    object_file(made.id).unlink()
    again = lake.run(stages.denser, design=given)
    assert (again.id, again.reused) == (made.id, False)
    assert lake.get(made.id).porosity == pytest.approx(0.27)


def test_put_mends_what_was_damaged_or_dropped(lake, design, object_file):
    """When put returns, the content is there, whatever had become of it."""
    given = lake.put(design())
    made = lake.run(stages.denser, design=given)
    record = lake.get(made.id)
    lake.put(record)
    lake.drop([made.id], reason="space")
    assert lake.put(record) == made.id
    assert lake.get(made.id).porosity == record.porosity
    object_file(given).write_bytes(b"")
    lake.put(design())
    assert lake.get(given).porosity == 0.3
    assert lake.fsck().problems == ()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, MissingFieldError, "needs the id of a record for 'design'"),
        ({"design": 3, "seed": 1}, StageError, "must be one id"),
        ({"design": ["a", "b"], "seed": 1}, StageError, "must be one id"),
        ({"design": "design-" + "0" * 64, "seed": 1}, UnknownIdError, "holds no design-000"),
        ({"design": "design-" + "0" * 64}, MissingFieldError, "whole number for 'seed'"),
        ({"design": "design-" + "0" * 64, "seed": True}, MissingFieldError, "whole number for 'seed'"),
        ({"design": "design-" + "0" * 64, "seed": 2**53}, StageError, "within"),
        ({"design": "design-" + "0" * 64, "seed": 1, "edges": 3}, UnknownFieldError, "did you mean 'edge'"),
        ({"design": "design-" + "0" * 64, "seed": 1, "edge": 3.5}, StageError, "must be of type int"),
    ],
)
def test_calls_that_do_not_fit(lake, arguments, error, message):
    """A call that does not fit the stage is refused, and nothing is stored."""
    with pytest.raises(error, match=message):
        lake.run(stages.grow, **arguments)
    assert rows(lake, "runs") == 0


def test_batch_is_durable_together(folder, design):
    """Runs of a batch are seen by others when it ends, in one file; inside it each sees the others' outputs."""
    with Lake.open(folder, create=True) as lake:
        with lake.batch():
            given = lake.put(design())
            made = lake.run(stages.denser, design=given)
            again = lake.run(stages.denser, design=given)
            assert lake.get(made.id).porosity == pytest.approx(0.27)
            assert not list((folder / "runs").rglob("*.arrow"))
        assert again.reused
        assert again.run_id == made.run_id
        assert len(list((folder / "runs").rglob("*.arrow"))) == 1
        assert lake.run(stages.denser, design=given).reused
    with Lake.open(folder) as later:
        assert rows(later, "runs") == 2
        assert later.fsck().problems == ()


def test_exception_inside_a_batch(lake, design):
    """What was stored before an exception inside a batch is kept; the exception goes on."""

    def interrupted() -> None:
        with lake.batch():
            lake.put(design())
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        interrupted()
    assert lake.get(artifact_id(design())).porosity == 0.3
    assert rows(lake, "runs") == 1


def test_batches_nest(lake, design, folder):
    """An inner batch ends with the outer one."""
    with lake.batch():
        with lake.batch():
            lake.put(design(0.2))
        lake.put(design(0.3))
        assert not list((folder / "runs").rglob("*.arrow"))
    assert rows(lake, "designs") == 2


def test_drop_inside_a_batch(lake, design, object_file):
    """Data go only when the tombstone is durable, at the batch's end."""
    made = lake.run(stages.denser, design=lake.put(design()))
    with lake.batch():
        lake.drop([made.id], reason="space")
        assert object_file(made.id).exists()
    assert not object_file(made.id).exists()
    assert lake.fsck().problems == ()
