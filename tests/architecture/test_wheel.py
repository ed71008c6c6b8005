"""What `pip install` of the built wheel puts into somebody's environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "dataset", "flows", "models", "pipelines", "schemas")
BUILD = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"


@pytest.fixture(scope="module")
def contents(tmp_path_factory) -> set[str]:
    """Names of the files in a wheel that is built of a copy of the sources."""
    folder = tmp_path_factory.mktemp("sources")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "params.yaml"):
        shutil.copy(ROOT / name, folder)
    for name in (*ROOMS, "params", "ragone"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / done.stdout.splitlines()[-1]) as wheel:
        return set(wheel.namelist())


def test_one_name_is_installed(contents):
    """Nothing lies at the top but `ragone` and what describes the distribution."""
    assert {name.partition("/")[0] for name in contents if ".dist-info/" not in name} == {"ragone"}


def test_every_module_and_file_is_in_it(contents):
    """All modules of the rooms, the default study, the case studies and the default generator."""
    modules = {f"ragone/{p.relative_to(ROOT)}" for room in ROOMS for p in (ROOT / room).rglob("*.py")}
    studies = {f"ragone/params/{path.name}" for path in (ROOT / "params").glob("*.yaml")}
    weights = {f"ragone/models/generator/default.{ending}" for ending in ("json", "safetensors", "yaml")}
    wanted = modules | studies | weights | {"ragone/__init__.py", "ragone/params.yaml", "ragone/py.typed"}
    assert wanted - contents == set()
