"""Tags, notes and saved queries on the command line."""

from __future__ import annotations


def test_tag(cli, stored):
    """Tags are given, listed, used as ids, moved and taken away."""
    kpi, other = stored.ids["kpi"], stored.ids["kpi 1"]
    assert cli("tag", kpi[:16], "best-so-far", "paper").code == 0
    assert [tag["content"] for tag in cli("tag", kpi, "--json").data] == ["best-so-far", "paper"]
    row = cli("tag").out.splitlines()[1]
    assert row.split()[0] == kpi[:16]
    assert row.split()[-1] == "best-so-far"
    assert cli("show", "best-so-far", "--json").data["id"] == kpi
    assert cli("tag", "--move", other, "best-so-far").code == 0
    assert cli("show", "best-so-far", "--json").data["id"] == other
    assert cli("tag", "--remove", kpi).out == "no tags\n"
    assert cli("tag", "--remove", other, "paper").code == 2
    assert [tag["subject_id"] for tag in cli("tag", "--json").data] == [other]


def test_note(cli, stored):
    """Notes are written, listed and taken back; nothing of one is obeyed by the terminal."""
    kpi = stored.ids["kpi"]
    assert cli("note", kpi, "odd \x1b[31m").code == 0
    assert cli("note", kpi, "second").code == 0
    answer = cli("note", kpi)
    assert "\x1b" not in answer.out
    assert [line.split()[-1] for line in answer.out.splitlines()[1:]] == ["\\x1b[31m", "second"]
    assert cli("note", "--remove", kpi).out == "no notes\n"


def test_nothing_to_say(cli, stored):
    """A change without a subject, or an empty note, is refused."""
    for words in (
        ("tag", "--remove"),
        ("tag", "--move", stored.ids["kpi"]),
        ("note", "--remove"),
        ("note", stored.ids["kpi"], " "),
        ("tag", stored.ids["kpi"], "kpi-dead"),
    ):
        assert cli(*words).code == 2, words


def test_shown_with_tags_and_notes(cli, stored):
    """`show` has the tags and notes of a record, and `find` finds them."""
    kpi = stored.ids["kpi"]
    cli("tag", kpi, "best")
    cli("note", kpi, "look again")
    shown = cli("show", kpi).out
    assert "tags: best" in shown
    assert "note: look again (" in shown
    data = cli("show", kpi, "--json").data
    assert [note["content"] for note in data["notes"]] == ["look again"]
    assert cli("find", "look", "--json").data[0]["newest"] == kpi


def test_saved_query(cli, stored):
    """A query is kept with values of its parameters, asked by its name with others, listed and removed."""
    sql = "SELECT value FROM kpis WHERE value >= $least AND name = $name ORDER BY value"
    saved = cli("query", "--save", "large", sql, "--set", "least=1", "--set", "name=energy_density")
    assert (saved.code, saved.out) == (0, "saved as large\n")
    assert [row["value"] for row in cli("query", "--json", "--saved", "large").data] == [1.0, 2.0, 640.0]
    assert [row["value"] for row in cli("query", "--json", "--saved", "large", "--set", "least=2").data] == [2.0, 640.0]
    assert cli("query", "--json", "--saved", "large", "--set", "name=x' OR 1=1 --").data == []
    (listed,) = cli("query", "--list", "--json").data
    assert (listed["name"], listed["sql"]) == ("large", sql)
    assert cli("query", "--remove", "large").code == 0
    answer = cli("query", "--saved", "large")
    assert answer.code == 2
    assert "no saved query 'large'" in answer.err


def test_values_of_parameters(cli, stored):
    """Numbers, truth and null are as JSON writes them; whatever else is a text."""
    asked = ("query", "--json", "SELECT $x AS x, typeof($x) AS type")
    found = {text: cli(*asked, "--set", f"x={text}").data[0] for text in ("1", "0.5", "true", "null", "NMC 811", "NaN")}
    assert [row["x"] for row in found.values()] == [1, 0.5, True, None, "NMC 811", "NaN"]
    assert found["0.5"]["type"] == "DOUBLE"
    assert cli(*asked, "--set", 'x="12"').data[0]["x"] == "12"


def test_what_is_asked_is_not_clear(cli, stored):
    """A query and the name of a saved one, neither of them, or a parameter without a value."""
    for words in (
        (),
        ("SELECT 1", "--saved", "x"),
        ("--save", "x"),
        ("SELECT 1", "--set", "x"),
        ("SELECT 1", "--set", "a b=1"),
        ("DROP TABLE kpis", "--save", "x"),
        ("SELECT 1", "--save", "kpi-dead"),
    ):
        assert cli("query", *words).code == 2, words
