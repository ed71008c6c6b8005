"""Other people's tools read and validate a crate, each in an environment of its own, without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
from electrode_stand_ins import study

from ragone.dataset import Lake
from ragone.dataset.exchange import About, export
from ragone.flows import run_campaign
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

pytestmark = pytest.mark.slow

_VALIDATORS = ("roc-validator==0.13.0", "runcrate==0.6.2", "bagit==1.9.0")
_DRIVER = Path(__file__).with_name("validate_crate.py")
RECIPE = Recipe(active_material_weight_fraction=0.94, porosity=0.3)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of programs of an environment in which one package is installed."""
    made: dict[str, Path] = {}

    def install(package: str) -> Path:
        if package not in made:
            folder = tmp_path_factory.mktemp(package.partition("=")[0])
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", package], check=True)
            made[package] = folder / "bin"
        return made[package]

    return install


@pytest.fixture(scope="session")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign of stand-ins as a crate, unpacked, with an author and the organisation that publishes it."""
    folder = tmp_path_factory.mktemp("campaign")
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        with Lake.open(folder / "lake", create=True) as lake:
            return unpacked(lake, run_campaign(lake, study()).campaign.id, folder)


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A volume that Ragone's own stage packed."""
    folder = tmp_path_factory.mktemp("result")
    with Lake.open(folder / "lake", create=True) as lake:
        given = {"recipe": lake.put(RECIPE), "materials": lake.put(NMC_811)}
        packed = lake.run(pack_particles, **given, edge_voxels=16, voxel_size_metre=1e-6, seed=1)
        return unpacked(lake, packed.id, folder)


def unpacked(lake: Lake, name: str, folder: Path) -> Path:
    """The crate of an artifact, as somebody who received its ZIP file unpacks it."""
    export(lake, name, folder / "crate.zip", about=lambda _: _ABOUT)
    with zipfile.ZipFile(folder / "crate.zip") as archive:
        archive.extractall(folder / "crate")
    return folder / "crate"


_ABOUT = About(
    "A campaign",
    "A study of electrodes with its provenance.",
    ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    (("Josiah Carberry", "https://orcid.org/0000-0002-1825-0097"),),
    ("Brown University", "https://ror.org/05gq02987"),
)


def answered(*words: object) -> str:
    """What a program wrote to standard output, without a proxy or network in its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=kept, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("crate_of", "most_recommended"), [("result", 3), ("crate", 4)])
def test_the_profile_is_met(
    tools: Callable[[str], Path], crate_of: str, most_recommended: int, request: pytest.FixtureRequest
) -> None:
    """No REQUIRED issue of Provenance Run Crate 0.5 and what it builds on; RECOMMENDED ones are named here.

    Packages with stages (Ragone, and the one of the stand-ins) and a workflow that is a file of the crate, which counts
    twice, have no address on the web.
    """
    payload = request.getfixturevalue(crate_of) / "data"
    found: list[dict[str, Any]] = json.loads(answered(tools(_VALIDATORS[0]) / "python", _DRIVER, payload))
    assert [issue for issue in found if issue["severity"] == "REQUIRED"] == []
    assert {issue["message"] for issue in found} == {"The SoftwareApplication id SHOULD be an absolute URI"}
    assert len(found) <= most_recommended


def test_a_profile_that_is_not_met_is_seen(tools: Callable[[str], Path], crate: Path, tmp_path: Path) -> None:
    """The validation as it is run here can fail: without its workflow the crate has REQUIRED issues."""
    path = crate / "data" / "ro-crate-metadata.json"
    content = json.loads(path.read_text())
    content["@graph"] = [one for one in content["@graph"] if one["@id"] != "workflow.json"]
    (tmp_path / path.name).write_text(json.dumps(content))
    found = json.loads(answered(tools(_VALIDATORS[0]) / "python", _DRIVER, tmp_path))
    assert [issue for issue in found if issue["severity"] == "REQUIRED"]


def test_a_second_reader_reads_it(tools: Callable[[str], Path], crate: Path) -> None:
    """The report of runcrate names the run, its steps and what they made."""
    report = answered(tools(_VALIDATORS[1]) / "runcrate", "report", crate / "data")
    assert "action: #run" in report
    assert "step: #step/campaign.conclude" in report
    assert "lake/objects/kpi/ <- #parameter/kpi" in report


def test_the_bag_is_valid_elsewhere(tools: Callable[[str], Path], crate: Path) -> None:
    """For the bag library of the Library of Congress, and for sha256sum."""
    answered(tools(_VALIDATORS[2]) / "python", "-m", "bagit", "--validate", "--quiet", crate)
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        answered("env", "-C", crate, "sha256sum", "--check", "--quiet", "--strict", manifest)
