"""A run names the flow run that asked for it."""

from __future__ import annotations

from pathlib import Path

from ragone.dataset import Lake
from ragone.dataset.recording import asked_by
from ragone.schemas import Recipe


def test_a_flow_run_is_recorded_and_changes_no_identity(tmp_path: Path) -> None:
    """The same record, asked for by a flow run and by nobody: one id, one recipe."""
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.3)
    found = []
    for name, flow_run_id in (("one", "929d6060"), ("other", "")):
        with Lake.open(tmp_path / name, create=True) as lake:
            with asked_by(flow_run_id):
                recipe_id = lake.put(recipe)
            row = lake.sql("SELECT recipe_id, flow_run_id FROM runs").row(0)
            found.append((recipe_id, *row))
    assert found[0][:2] == found[1][:2]
    assert [row[2] for row in found] == ["929d6060", ""]
