"""The kernel is compiled apart, once, before anything is computed with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import ragone
from ragone.pipelines.characterise.kernel import ahead

COMPUTE = """
import sys
import numpy as np
from ragone.dataset import artifact_id
from ragone.pipelines.characterise import homogenise
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.35, binder_adhesion=0.5)
for seed in range(3):
    volume = pack_particles(recipe, NMC_811, edge_voxels=48, voxel_size_metre=8e-7, seed=seed)
    print(artifact_id(homogenise(volume, NMC_811)))
"""


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The places in which it was compiled, beginning with an installation where it never was."""
    made: list[Path] = []
    monkeypatch.delenv("RAGONE_COMPILING", raising=False)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setattr(ahead, "compile_apart", lambda: made.append(tmp_path / "kept") is None)
    ahead.require_compiled.cache_clear()
    return made


def test_it_is_compiled_once(compiled: list[Path], tmp_path: Path) -> None:
    """Not again by this process, nor by the next, which finds the mark."""
    ahead.require_compiled()
    ahead.require_compiled()
    ahead.require_compiled.cache_clear()
    ahead.require_compiled()
    assert compiled == [tmp_path / "kept"]


def test_what_could_not_be_compiled_is_tried_again(
    compiled: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the next process: a failure leaves no mark."""
    monkeypatch.setattr(ahead, "compile_apart", lambda: bool(compiled.append(tmp_path)))
    for _ in range(2):
        ahead.require_compiled()
        ahead.require_compiled.cache_clear()
    assert len(compiled) == 2


def test_the_process_that_compiles_starts_no_other(compiled: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """It would go on for ever."""
    monkeypatch.setenv("RAGONE_COMPILING", "1")
    ahead.require_compiled()
    assert compiled == []


def test_where_nothing_can_be_kept_each_process_compiles(
    compiled: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The solve goes on."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "file" / "kept"))
    ahead.require_compiled()
    assert compiled == []


@pytest.mark.slow
def test_the_first_results_of_an_installation_are_those_of_all_later_ones(tmp_path: Path) -> None:
    """Bitwise, though the first process found nothing compiled."""
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path / "kept"),
        "PYTHONPATH": str(Path(ragone.__file__).parents[1]),
    }
    command = [sys.executable, "-P", "-c", COMPUTE]
    answers = [subprocess.run(command, env=environment, capture_output=True, check=True).stdout for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(answers[0].splitlines()) == 3
