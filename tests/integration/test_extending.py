"""The package of docs/EXTENDING.md, as it is written there: registered, run in a study, tested, computed again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from registered import register

import ragone

PAGE = Path(__file__).parents[2] / "docs" / "EXTENDING.md"
HERE = Path(ragone.__file__).parents[1]
_BLOCK = re.compile(r"^```(?:toml|python|yaml)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SESSION = """
import json, sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from ragone.app.main import main

if __name__ == "__main__":

    def answered(*words):
        with redirect_stdout(StringIO()) as out:
            code = main([*words, "--lake", "lake", "--json"])
        return [code, json.loads(out.getvalue())]

    lab = sys.argv[1]
    said = {"run": answered("run", f"{lab}/study.yaml", *sys.argv[2:])}
    best = said["run"][1]["best"]["kpi_id"]
    said["shown"] = answered("show", best)
    said["wettings"] = answered("query", "SELECT soaking_time_second FROM wettings ORDER BY 1")
    said["suggested"] = answered("query", "SELECT stage FROM runs WHERE stage LIKE 'acquisition.%'")
    said["measured"] = answered("query", "SELECT method FROM transports WHERE volume_element_count = 1")
    said["sound"] = answered("fsck")[0]
    said["reproduced"] = answered("reproduce", best, "--deep")
    said["contract"] = pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", f"{lab}/tests"])
    Path("said.json").write_text(json.dumps(said))
"""


def write_package(folder: Path) -> None:
    """Write the files of the page, each under the name in its first line."""
    for name, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "my_electrode_lab" / "__init__.py").write_text("")


def register_package(folder: Path) -> Path:
    """Register it by metadata of our own making, from what its pyproject.toml says."""
    groups = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["entry-points"]
    return register(folder, "my_electrode_lab", groups["ragone.stages"], groups["ragone.records"])


def install_package(folder: Path) -> Path:
    """Install it with pip, from its folder alone."""
    target = folder / "installed"
    words = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target), "."]
    subprocess.run([sys.executable, "-m", "pip", *words], cwd=folder, check=True)
    return target


@pytest.mark.parametrize(
    ("install", "executor"),
    [
        pytest.param(register_package, "serial", id="metadata"),
        pytest.param(install_package, "processes", id="pip", marks=pytest.mark.slow),
    ],
)
def test_the_package_of_the_page(tmp_path: Path, install: Any, executor: str) -> None:
    """Its steps, KPI, engine and optimiser are named in a study; its record has a table and keeps the contract."""
    lab, work = tmp_path / "lab", tmp_path / "work"
    work.mkdir()
    write_package(lab)
    said = session(work, [str(lab), "--set", f"executor.kind={executor}"], path=[install(lab), HERE])
    assert (said["run"][0], said["run"][1]["trials"]) == (0, {"measured": 3})
    best = said["run"][1]["best"]
    times = [row["soaking_time_second"] for row in said["wettings"][1]]
    assert (best["value"], best["unit"]) == (times[0], "s")
    assert 100 < times[0] < times[-1] < 10_000  # minutes, as a coating takes from its edge
    assert {row["stage"] for row in said["suggested"][1]} == {"acquisition.random"}
    assert {row["method"].partition(",")[0] for row in said["measured"][1]} == {"Bruggeman's relation"}
    assert said["sound"] == 0
    assert (said["reproduced"][1]["verdict"], said["reproduced"][1]["code_changed"]) == ("bitwise equal", [])
    stages = {one["stage"] for one in said["reproduced"][1]["chain"]}
    assert stages >= {"wetting.soak", "kpi.soaking.propagated", "characterise.estimate_by_bruggeman"}
    assert said["contract"] == 0


def session(work: Path, words: list[str], path: list[Path]) -> dict[str, Any]:
    """What a fresh process says of the package."""
    (work / "session.py").write_text(_SESSION)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "XDG_STATE_HOME": str(work / "state")}
    done = subprocess.run(
        [sys.executable, "session.py", *words], cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads((work / "said.json").read_text())
    return said
