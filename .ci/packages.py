"""What the environment holds: `packages.py pins` compares it with constraints.txt, `packages.py sbom` lists it.

The list is a software bill of materials in CycloneDX 1.6, made of the installed packages' own metadata alone: the same
environment gives the same bytes. Not done: no database of vulnerabilities is asked.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

PINS = Path(__file__).resolve().parent.parent / "constraints.txt"


def normalised(name: str) -> str:
    """The name by which an index knows a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, Distribution]:
    """The first found of each package, as an import would take it."""
    found: dict[str, Distribution] = {}
    for one in distributions():
        found.setdefault(normalised(one.metadata["Name"]), one)
    return dict(sorted(found.items()))


def wrong_pins(lines: Iterable[str], packages: dict[str, Distribution]) -> list[str]:
    """Which pins the environment does not meet; a local build tag does not count."""
    pins = dict(line.split("==") for line in (each.strip() for each in lines) if line and not line.startswith("#"))
    found = {name: packages[normalised(name)].version for name in pins if normalised(name) in packages}
    return [
        f"{name}: pinned {version}, {found.get(name, 'not')} installed"
        for name, version in pins.items()
        if found.get(name, "").split("+")[0] != version
    ]


def bill(packages: dict[str, Distribution]) -> dict[str, Any]:
    """The bill of materials."""
    components = [_component(name, one) for name, one in packages.items()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": components,
        "dependencies": [
            {"ref": _reference(one), "dependsOn": sorted(_reference(packages[n]) for n in _needed(one, packages))}
            for one in packages.values()
        ],
    }


def _component(name: str, one: Distribution) -> dict[str, Any]:
    licence = one.metadata["License-Expression"]
    named = {"licenses": [{"expression": licence}]} if licence else {}
    reference = _reference(one)
    return {"type": "library", "bom-ref": reference, "name": name, "version": one.version, "purl": reference, **named}


def _reference(one: Distribution) -> str:
    return f"pkg:pypi/{normalised(one.metadata['Name'])}@{one.version.replace('+', '%2B')}"


def _needed(one: Distribution, packages: dict[str, Distribution]) -> set[str]:
    """Installed packages that it asks for outside of its extras."""
    asked = [each for each in one.requires or () if not re.search(r"extra\s*==", each)]
    names = {normalised(re.split(r"[\s\[<>=!~;(@]", each, maxsplit=1)[0]) for each in asked}
    return names & packages.keys()


def main(task: str) -> int:
    """Do a task; 1 if a pin is not met."""
    if task == "sbom":
        print(json.dumps(bill(installed()), indent=1))
        return 0
    wrong = wrong_pins(PINS.read_text(encoding="utf-8").splitlines(), installed())
    print("\n".join(wrong) or "every pin is met", file=sys.stderr if wrong else sys.stdout)
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
