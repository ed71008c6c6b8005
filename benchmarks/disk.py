"""How many bytes does a design take, with its voxels kept and with its voxels dropped?

Designs of the demo's study are evaluated with the real stages; what 39 cubes take is the cubes' part times 39.
"""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

from benchmarks.measure import Line, stated, tell
from dataset import Lake
from dataset.objects import encode
from flows import Study, run_campaign
from flows.engines import ENGINES
from flows.parameters import read_yaml
from schemas import Design, Microstructure

_PARAMETERS = Path(__file__).parents[1] / "params.yaml"
_MANY = 39
_DESIGNS = 2


def lines() -> list[Line]:
    """Apparent bytes of files, tables included."""
    kept, cubes, cube = _design_bytes(keep=True)
    dropped, _, _ = _design_bytes(keep=False)
    tell("made cubes of 128^3")
    large = _cube_bytes(128)
    rest = kept - cubes * cube
    return [
        stated(f"a design, {cubes} cubes of 64^3, voxels kept", _kib(kept)),
        stated(f"a design, {cubes} cubes of 64^3, voxels dropped", _kib(dropped)),
        stated(f"a design, {_MANY} cubes of 64^3, voxels kept", f"{_kib(rest + _MANY * cube)} (extrapolated)"),
        stated("one cube of 64^3", f"{_kib(cube)} ({8 * cube / 64**3:.2f} bits a voxel)"),
        stated("one cube of 128^3", f"{_kib(large)} ({8 * large / 128**3:.2f} bits a voxel)"),
    ]


def _design_bytes(*, keep: bool) -> tuple[float, int, float]:
    """Bytes per design beyond an empty lake, cubes per design, and bytes per cube."""
    content = copy.deepcopy(read_yaml(_PARAMETERS))
    study = content["study"]
    study["budget"] = {"initial": _DESIGNS, "total": _DESIGNS, "batch": 1}
    study["storage"] = {"keep_voxels": keep}
    study["executor"] = {"kind": "serial"}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "lake"
        with Lake.open(path, create=True) as lake:
            empty = _bytes(path)
            run_campaign(lake, Study.read(content))
        tell(f"evaluated {_DESIGNS} designs, voxels {'kept' if keep else 'dropped'}")
        cubes = [f.stat().st_size for f in path.glob("objects/microstructure/*/*.arrow")]
        return (_bytes(path) - empty) / _DESIGNS, study["resolution"]["cubes"], sum(cubes) / max(1, len(cubes))


def _cube_bytes(edge: int) -> int:
    design = Design(
        active_material_weight_fraction=0.95,
        porosity=0.35,
        binder_adhesion=0.5,
        mass_loading_kilogram_per_square_metre=0.2,
    )
    cube = ENGINES["manufacture"]["particle_packing"](design, edge_voxels=edge, voxel_size_metre=4e-7, seed=1)
    assert isinstance(cube, Microstructure)
    return len(encode(cube.to_arrow()))


def _bytes(path: Path) -> int:
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())


def _kib(count: float) -> str:
    return f"{count / 1024:,.0f} KiB"
