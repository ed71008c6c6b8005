"""The command line in this process, and a small lake for it to work on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragone.app.main import main
from ragone.dataset import Lake
from ragone.pipelines.manufacture import pack_particles

STUDY = """\
study:
  name: tiny
  seed: 1
  space:
    recipe.active_material_weight_fraction: 0.94
    recipe.porosity: {low: 0.30, high: 0.45}
    cell.mass_loading: {low: 10 mg/cm^2, high: 30 mg/cm^2}
  steps: {discharge: {stage: discharge_at_constant_power, power: 20 W}}
  objectives: [{kpi: energy_density, maximise: true}]
  budget: {initial: 2, total: 2}
  resolution: {edge_voxels: 16, voxel_size: 1.6 um, volume_elements: 1}
"""


@pytest.fixture
def write_study(tmp_path) -> Callable[..., Path]:
    """Write a tiny study, with one thing in it changed."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in STUDY
        path = tmp_path / "params.yaml"
        path.write_text(STUDY.replace(old, new, 1) if old else STUDY)
        return path

    return write


@dataclass(frozen=True)
class Answer:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as strict JSON."""
        return json.loads(self.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


Cli = Callable[..., Answer]


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path) -> Cli:
    """Run `ragone` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.delenv("RAGONE_LAKE", raising=False)

    def run(*words: object) -> Answer:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Answer(code, *capsys.readouterr())

    return run


@dataclass(frozen=True)
class Stored:
    """A lake and the ids of what it holds."""

    place: Path
    ids: dict[str, str]

    def listing(self) -> dict[str, bytes]:
        """Every file that is the lake's content: all but the tables, which are a view, and temporary ones."""
        files = [path for path in self.place.rglob("*") if path.is_file()]
        parts = {path: path.relative_to(self.place).parts for path in files}
        return {"/".join(p): f.read_bytes() for f, p in parts.items() if p[0] not in ("tables", "tmp")}


@pytest.fixture(scope="session")
def _stored(tmp_path_factory, example) -> Stored:
    place = tmp_path_factory.mktemp("stored") / "lake"
    with Lake.open(place, create=True) as lake:
        ids = {kind: lake.put(example(kind)) for kind in ("design", "discharge", "kpi", "transport", "materials")}
        ids["recipe"] = lake.put(example("recipe", active_material_weight_fraction=0.94, porosity=0.3))
        ids["infinite"] = lake.put(example("transport", pore_tortuosity_factor=np.inf))
        for number in range(3):
            ids[f"kpi {number}"] = lake.put(example("kpi", value=float(number)))
        electrode = {"recipe": ids["recipe"], "materials": ids["materials"]}
        made = lake.run(pack_particles, **electrode, edge_voxels=16, voxel_size_metre=1e-6, seed=1)
        ids["microstructure"], ids["run"] = made.id, made.run_id
    return Stored(place, ids)


@pytest.fixture
def stored(_stored, tmp_path) -> Stored:
    """A copy of a small lake: given records and a computed microstructure."""
    place = tmp_path / "lake"
    shutil.copytree(_stored.place, place)
    return Stored(place, _stored.ids)
