"""Finding things: ids, SQL, lineage, snapshots."""

from __future__ import annotations

from pathlib import Path

import lake_stages as stages
import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import AmbiguousIdError, MalformedIdError, NotASelectError, OtherKindError, UnknownIdError
from ragone.schemas import Snapshot

ROOT = Path(__file__).parents[3]


@pytest.fixture
def given(lake, design):
    """A design in the lake."""
    return lake.put(design())


@pytest.fixture(scope="module")
def library(tmp_path_factory, example):
    """A lake of one design that tests only read."""
    with Lake.open(tmp_path_factory.mktemp("library") / "lake", create=True) as opened:
        opened.put(example("design"))
        yield opened


@pytest.mark.parametrize(
    "shorten", [lambda i: i[:11], lambda i: i.partition("-")[2][:6], lambda i: i, lambda i: f" {i} "]
)
def test_ids_may_be_shortened(any_lake, design, shorten):
    """Kind and a few digits, or digits alone, or the whole id lead to the artifact."""
    given = any_lake.put(design())
    assert any_lake.resolve(shorten(given)) == given
    assert any_lake.get(shorten(given)).porosity == 0.3


def test_run_ids(lake, given):
    """A run is found by its id as artifacts are."""
    (run_id,) = lake.sql("SELECT run_id FROM designs")["run_id"]
    assert lake.get(run_id[:12]).output_ids == (given,)
    with pytest.raises(UnknownIdError, match="run-0000"):
        lake.get("run-" + "0" * 64)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "design",
        "design-",
        "design-abc",
        "abc",
        "design-xyzw",
        "DESIGN-abcd",
        "design-" + "0" * 65,
        "../a",
        "a' OR 1=1",
    ],
)
def test_malformed_ids(library, text):
    """What cannot be an id is refused with an example of one."""
    with pytest.raises(MalformedIdError, match="is not an id"):
        library.get(text)


def test_unknown_kind(lake):
    """A kind that does not exist is refused with a hint."""
    with pytest.raises(MalformedIdError, match="did you mean 'design'"):
        lake.get("desing-abcd")


@pytest.mark.parametrize("text", ["design-" + "0" * 64, "design-0000", "0000", "kpi-00000000"])
def test_unknown_ids(library, text):
    """An id that the lake does not hold is refused by every verb."""
    for verb in (library.get, library.lineage, library.why, library.reproduce):
        with pytest.raises(UnknownIdError, match="0000"):
            verb(text)


def test_ambiguous_id(lake, design):
    """An id that fits several artifacts is refused, and those it fits are listed."""
    with lake.batch():
        ids = [lake.put(design(0.2 + 1e-4 * n)) for n in range(600)]
    heads: dict[str, list[str]] = {}
    for name in ids:
        heads.setdefault(name[:11], []).append(name)
    (head, twins) = next((h, t) for h, t in heads.items() if len(t) > 1)
    with pytest.raises(AmbiguousIdError, match=f"fits {len(twins)} ids") as caught:
        lake.get(head)
    assert all(name[:19] in str(caught.value) for name in twins[:5])
    assert lake.get(twins[0]).porosity != lake.get(twins[1]).porosity


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ;",
        "-- nothing",
        "INSERT INTO designs VALUES (1)",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "CREATE TABLE t AS SELECT 1",
        "DROP TABLE designs",
        "DELETE FROM designs",
        "UPDATE designs SET porosity = 0",
        "ATTACH 'other.db'",
        "PRAGMA database_list",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "CALL pragma_version()",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE designs",
        "EXPLAIN ANALYZE SELECT 1",
        "VACUUM",
    ],
)
def test_only_one_select(library, query):
    """Anything but one SELECT is refused, says what it was, and changes nothing."""
    library.sql("SELECT 1")  # what was put is indexed now
    before = contents(library)
    with pytest.raises(NotASelectError, match="must be one SELECT"):
        library.sql(query)
    assert contents(library) == before


def contents(lake: Lake) -> dict[Path, bytes]:
    """Every file of a lake."""
    return {path: path.read_bytes() for path in Path(lake.where).rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELEC * FROM designs", "syntax error"),
        ("SELECT * FROM desings", "did you mean 'designs'"),
        ("SELECT * FROM secrets", "no table 'secrets'"),
        ("SELECT porositee FROM designs", "^there is no column 'porositee' in designs: did you mean 'porosity'.$"),
        ("SELECT d.porositee FROM designs d JOIN kpis k ON true", "in designs and kpis: did you mean 'porosity'"),
        ("SELECT count(*) FROM designs HAVING porositee > 0", "did you mean 'porosity'"),
        ("SELECT count(*) FROM designs HAVING porosity > 0", "must appear in the GROUP BY"),
        ("SELECT * EXCLUDE (porositee) FROM designs", "did you mean 'porosity'"),
        ("SELECT * FROM designs a JOIN designs b USING (porositee)", "did you mean 'porosity'"),
        ("WITH t AS (SELECT id AS heading FROM designs) SELECT headin FROM t", "did you mean 'heading'"),
        ("SELECT porosity FROM kpis", "no column 'porosity' in kpis; designs and recipes have one"),
        ('SELECT 1 FROM designs WHERE id = "abc"', "'abc' in designs. A text is written between single quotes: 'abc'"),
        ("SELECT xyzzy FROM designs", r"List columns with: ragone tables designs$"),
        ("SELECT xyzzy", r"no column 'xyzzy'. List columns with: ragone tables NAME$"),
        ("SELECT e.id FROM designs d", "the query has no table 'e': known are: d"),
        ("SELECT summ(porosity) FROM designs", "no function 'summ': did you mean 'sum'"),
        ("SELECT sum(ended - started) FROM runs", r"no sum\(INTERVAL\). Take seconds.*epoch"),
        ("SELECT porosity + id FROM designs", r"no \+\(DOUBLE, VARCHAR\). Convert"),
        ("SELECT * FROM '/etc/passwd'", "no table '/etc/passwd'"),
        ("SELECT * FROM read_csv('/etc/passwd')", "cannot be answered"),
        ("SELECT * FROM read_text('/etc/hostname')", "cannot be answered"),
        ("SELECT * FROM glob('/*')", "cannot be answered"),
        ("SELECT * FROM query('SELECT * FROM read_text(''/etc/hostname'')')", "cannot be answered"),
        ("SELECT * FROM query_table('named')", "no table 'named'"),
        ("SELECT * FROM query_table('/etc/hostname')", "no table '/etc/hostname'"),
        ("SELECT 1/0 + 'a'::int", "cannot be answered"),
        ("SELECT 1 AS n, a.id, b.id FROM designs a, designs b", "two columns named 'id'.*AS"),
    ],
)
def test_queries_that_cannot_be_answered(library, query, message):
    """Unknown tables and columns come with a hint; files cannot be read; nothing else of the process is seen."""
    with pytest.raises(NotASelectError, match=message):
        library.sql(query)


def test_select(any_lake, design):
    """A query joins tables and answers in polars, also where the answer is empty."""
    made = any_lake.run(stages.denser, design=any_lake.put(design()))
    frame = any_lake.sql(
        "WITH latest AS (FROM designs WHERE porosity < 0.28) "
        "SELECT d.id, r.stage, r.seed FROM latest d JOIN runs r ON r.id = d.run_id"
    )
    assert frame.to_dicts() == [{"id": made.id, "stage": "denser", "seed": None}]
    empty = any_lake.sql("SELECT id, value FROM kpis")
    assert (empty.height, empty.columns) == (0, ["id", "value"])


def test_columns(lake, given, example):
    """A table shows every number, text and document of its records; infinities stay infinite, nulls null."""
    lake.put(example("transport", pore_tortuosity_factor=float("inf"), pore_outcome="not percolating"))
    row = lake.sql("SELECT * FROM transports").to_dicts()[0]
    assert row["pore_tortuosity_factor"] == float("inf")
    assert row["pore_outcome"] == "not percolating"
    lake.put(example("kpi", standard_uncertainty=None))
    assert lake.sql("SELECT standard_uncertainty FROM kpis").item() is None
    lake.put(example("cell_parameters"))
    assert '"mass_kilogram":0.05' in lake.sql("SELECT components FROM cell_parameters").item()


def test_lineage_up_and_down(any_lake, design):
    """Ancestors and descendants of an artifact, nearest first, with the runs and roles between."""
    root = any_lake.put(design(0.4))
    ends = any_lake.run(stages.halves, design=root).outputs
    both = any_lake.run(stages.blend, designs=[ends["lean"], ends["rich"]])
    cube = any_lake.run(stages.grow, design=both.id, seed=1)
    found = any_lake.lineage(both.id[:16])
    assert set(found.ancestors) == {ends["lean"], ends["rich"], root}
    assert found.ancestors[-1] == root
    assert found.descendants == (cube.id,)
    assert {(e.parent, e.role, e.run_id, e.stage) for e in found.parents_of(both.id)} == {
        (ends["lean"], "designs", both.run_id, "blend"),
        (ends["rich"], "designs", both.run_id, "blend"),
    }
    assert [e.child for e in found.children_of(both.id)] == [cube.id]
    assert len(found.edges) == len(found.up) + len(found.down) == 5
    assert any_lake.lineage(root).up == ()


def test_record_that_is_its_own_input(lake, design):
    """A stage that returns what it was given makes no circle of the lineage."""
    given = lake.put(design(0.4))
    same = lake.run(stages.denser, design=given, by=0.0)
    assert same.id == given
    assert lake.lineage(given).edges == ()
    assert lake.fsck().problems == ()
    assert lake.reproduce(given, deep=True).verdict == "given, not computed: content verified"


def test_snapshot_freezes_what_queries_see(any_lake, design):
    """A query at a snapshot sees what was there then, in every table, also after a rebuild."""
    any_lake.run(stages.denser, design=any_lake.put(design()))
    taken = any_lake.snapshot("before")
    any_lake.run(stages.denser, design=any_lake.put(design(0.5)))
    for _ in range(2):
        seen = {t: any_lake.sql(f"SELECT count(*) FROM {t}", at=taken).item() for t in ("designs", "runs", "lineage")}
        assert seen == {"designs": 2, "runs": 2, "lineage": 1}
        assert any_lake.sql("SELECT count(*) FROM snapshots", at=taken).item() == 0
        assert any_lake.sql("SELECT count(*) FROM designs").item() == 4
        any_lake.rebuild()
    record = any_lake.get(taken)
    assert isinstance(record, Snapshot)
    assert (record.name, len(record.merkle_root)) == ("before", 64)
    assert any_lake.sql("SELECT d.id FROM designs d JOIN runs r ON d.run_id = r.id", at=taken[:16]).height == 2


def test_root_depends_on_what_there_is(lake, given, design):
    """The same content has the same root, more content another."""
    one, two = (lake.get(lake.snapshot(name)) for name in ("a", "b"))
    assert one.merkle_root != two.merkle_root  # the first snapshot is content too
    assert set(two.artifact_ids) > set(one.artifact_ids)


def test_at_something_else(lake, given):
    """`at` takes snapshots."""
    with pytest.raises(OtherKindError, match="is a design, not a snapshot"):
        lake.sql("SELECT 1", at=given)


def test_query_at_a_snapshot_is_one_select_too(lake, given):
    """The past is read only as well."""
    taken = lake.snapshot()
    with pytest.raises(NotASelectError):
        lake.sql("DELETE FROM designs", at=taken)
    with pytest.raises(NotASelectError):
        lake.sql("SELECT * FROM query_table('all_designs')", at=taken)


def test_rows_of_another_process(folder, design):
    """What another open lake commits is seen by the next query."""
    with Lake.open(folder, create=True) as one, Lake.open(folder) as other:
        given = one.put(design())
        assert other.sql("SELECT id FROM designs")["id"].to_list() == [given]
        assert other.resolve(given[:14]) == given
        assert other.lineage(given).edges == ()


def test_rebuild_restores_the_same_rows(lake, given, design):
    """Tables made again hold the rows that they held, dropped data's among them."""
    made = lake.run(stages.denser, design=given)
    lake.run(stages.fragile, design=lake.put(design(0.6)))
    lake.drop([made.id], reason="space")
    tables = ("artifacts", "runs", "lineage", "designs", "tombstones", "codes", "environments")

    def rows() -> dict[str, list[tuple[object, ...]]]:
        return {t: sorted(lake.sql(f"SELECT * FROM {t}").rows(), key=str) for t in tables}

    before = rows()
    counts = lake.rebuild()
    assert rows() == before
    assert counts["designs"] == 3
    assert lake.fsck().problems == ()


EXAMPLES = [
    line.strip()
    for line in (ROOT / "docs" / "LAKE.md").read_text("utf-8").splitlines()
    if line.startswith("    SELECT")
]


@pytest.mark.parametrize("query", EXAMPLES)
def test_examples_of_the_documentation(library, query):
    """Every query that docs/LAKE.md shows is answered."""
    assert library.sql(query).columns


def test_there_are_examples():
    """The page shows queries."""
    assert len(EXAMPLES) >= 5
