"""`ragone doctor`: is this installation fit for work? Versions, telemetry, write access, a tiny study reproduced."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ragone import extensions
from ragone.app.main import TELEMETRY_OFF
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows import Study, run_campaign
from ragone.flows.stages import STAGES
from ragone.schemas import KINDS, RagoneError, Verdict

PACKAGES = (
    "ragone",
    "numpy",
    "pyarrow",
    "polars",
    "duckdb",
    "lancedb",
    "pylance",
    "torch",
    "botorch",
    "pybamm",
    "numba",
    "scikit-image",
    "taufactor",
)
TINY = {
    "study": {
        "name": "self-test",
        "seed": 1,
        "space": {
            "recipe.active_material_weight_fraction": 0.94,
            "recipe.porosity": 0.35,
            "cell.mass_loading": "15 mg/cm^2",
        },
        "steps": {"discharge": {"stage": "discharge_at_constant_power", "power": "20 W"}},
        "objectives": [{"kpi": "energy_density", "maximise": True}],
        "budget": {"initial": 1, "total": 1},
        "resolution": {"edge_voxels": 32, "voxel_size": "1 um", "volume_elements": 1},
        "executor": {"kind": "serial"},
    }
}
Finding = tuple[bool, str]


def execute(session: Session) -> int:
    """Check everything; 1 if a check fails."""
    checks: dict[str, Callable[[], Finding]] = {
        "versions": _versions,
        "extensions": _extensions,
        "telemetry": _telemetry,
        "write access": lambda: _write_access(Path(session.place)),
        "self-test": _self_test,
    }
    found: dict[str, Finding] = {}
    for name, check in checks.items():
        with session.working(name):
            found[name] = check()
    lines = [f"{'ok  ' if good else 'FAIL'}  {name:<13} {what}" for name, (good, what) in found.items()]
    session.answer({n: {"ok": good, "found": what} for n, (good, what) in found.items()}, "\n".join(lines))
    return FINE if all(good for good, _ in found.values()) else FOUND


def _versions() -> Finding:
    found, missing = [f"Python {platform.python_version()}"], []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    return not missing, ", ".join(found) + (f"; not installed: {', '.join(missing)}" if missing else "")


def _extensions() -> Finding:
    """Load and list all that other packages register, by package."""
    usable = {(extensions.STAGES, name) for name in STAGES} | {(extensions.RECORDS, name) for name in KINDS}
    by_package: dict[str, list[str]] = {}
    for one in extensions.extensions(extensions.STAGES, extensions.RECORDS):
        if (one.group, one.name) in usable:
            by_package.setdefault(one.distribution, []).append(one.name)
    listed = [f"{package}: {', '.join(names)}" for package, names in by_package.items()]
    return not extensions.problems(), "; ".join([*listed, *extensions.problems()]) or "none"


def _telemetry() -> Finding:
    on = [name for name, value in TELEMETRY_OFF.items() if os.environ.get(name) != value]
    return not on, f"not switched off: {', '.join(on)}" if on else "off"


def _write_access(place: Path) -> Finding:
    folder = place
    while not folder.exists():
        folder = folder.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True, str(folder.absolute())
    except OSError as cause:
        return False, f"{folder.absolute()}: {cause.strerror}"


def _self_test() -> Finding:
    """A tiny design through all stages in a temporary lake, its KPI reproduced in a fresh process."""
    with tempfile.TemporaryDirectory() as folder, Lake.open(Path(folder) / "lake", create=True) as lake:
        try:
            result = run_campaign(lake, Study.read(TINY))
            trial = result.trials[0]
            if not trial.kpis:
                return False, trial.error
            verdict = lake.reproduce(trial.kpis[0].id).verdict
        except RagoneError as cause:
            return False, str(cause)
    return verdict in (Verdict.BITWISE, Verdict.WITHIN), f"{result.goals[0].kpi}: reproduced, {verdict}"
