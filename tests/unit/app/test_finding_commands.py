"""Finding one's way in a lake: its tables and columns, its campaigns."""

from __future__ import annotations


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
    assert "area between" in row
    assert "labels" in cli("tables", "microstructures").out.splitlines()[-1]
    data = cli("tables", "transports", "--json").data
    assert (data["table"], data["rows"]) == ("transports", 2)
    assert {"name": "voxel_size_metre", "type": "DOUBLE", "unit": "m"}.items() <= data["columns"][-4].items()


def test_tables_on_a_narrow_terminal(cli, stored, monkeypatch):
    """Long names leave room for the descriptions."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("tables", "transports").out.splitlines()
    assert max(map(len, lines[1:-1])) <= 80
    assert any("area between active material" in line for line in lines)


def test_table_that_is_not_there(cli, stored):
    """The nearest name is suggested."""
    answer = cli("tables", "kpi")
    assert answer.code == 2
    assert "did you mean 'kpis'" in answer.err
