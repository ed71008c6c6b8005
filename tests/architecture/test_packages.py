"""The bill of materials is one of CycloneDX, and the pins are what is installed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / ".ci" / "packages.py"


@pytest.fixture(scope="module")
def packages():
    """The program as a module."""
    spec = importlib.util.spec_from_file_location("packages", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(task):
    """What the program writes."""
    return subprocess.run([sys.executable, "-P", str(PROGRAM), task], capture_output=True, text=True, check=False)


def test_the_bill_is_of_the_form_that_cyclonedx_asks_for():
    """Each package once, by name, version and package URL; every dependency is one of them; twice the same bytes."""
    written = run("sbom").stdout
    assert written == run("sbom").stdout
    bill = json.loads(written)
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(set(references)) == len(references) > 100
    for component in bill["components"]:
        assert component["type"] == "library"
        assert component["purl"].startswith(f"pkg:pypi/{component['name']}@")
        assert component["version"]
    assert {entry["ref"] for entry in bill["dependencies"]} == set(references)
    assert all(set(entry["dependsOn"]) <= set(references) for entry in bill["dependencies"])
    asked = {entry["ref"].split("@")[0]: entry["dependsOn"] for entry in bill["dependencies"]}
    assert any(reference.startswith("pkg:pypi/numpy@") for reference in asked["pkg:pypi/scipy"])


def test_a_pin_that_is_not_met_is_named(packages):
    """Another version, and a package that is missing; a local build tag is no other version."""
    here = packages.installed()
    numpy = here["numpy"].version
    pins = ["# a remark", f"numpy=={numpy}", "NumPy==0.1", "no-such-package==1.0", "torch==2.13.0"]
    assert packages.wrong_pins(pins, here) == [
        f"NumPy: pinned 0.1, {numpy} installed",
        "no-such-package: pinned 1.0, not installed",
    ]
