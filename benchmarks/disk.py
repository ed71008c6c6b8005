"""How many bytes does a design take, with its voxels kept and with its voxels dropped?

Campaigns of the demo's study are run with the real stages on coarse volume elements that are dropped: what is left does
not depend on resolution, and campaigns of different size tell what a design and what a volume element adds, tables
included. Voxels are counted apart, on a volume element of the resolution named.
"""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

from benchmarks.measure import Line, stated, tell
from ragone.dataset import Lake
from ragone.dataset.arrow_files import encode
from ragone.flows import Study, run_campaign
from ragone.flows.parameter_files.parameters import read_yaml
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

_PARAMETERS = Path(__file__).parents[1] / "params.yaml"
_COARSE = 16
_FEW, _MANY = 2, 39


def lines() -> list[Line]:
    """Bytes of files, not of the blocks that they occupy."""
    small, designs, elements = _campaign_bytes(2, _FEW), _campaign_bytes(4, _FEW), _campaign_bytes(2, 8)
    per_volume_element = (elements - small) / (2 * (8 - _FEW))
    rest = (designs - small) / 2 - _FEW * per_volume_element
    voxels, fine = _voxel_bytes(64), _voxel_bytes(128)
    found = []
    for count in (_FEW, _MANY):
        dropped = rest + count * per_volume_element
        found.append(stated(f"a design, {count} volume elements, voxels dropped", _kib(dropped)))
        found.append(stated(f"a design, {count} volume elements of 64^3, voxels kept", _kib(dropped + count * voxels)))
    return [
        *found,
        stated("voxels of a volume element of 64^3", f"{_kib(voxels)} ({8 * voxels / 64**3:.2f} bits a voxel)"),
        stated("voxels of a volume element of 128^3", f"{_kib(fine)} ({8 * fine / 128**3:.2f} bits a voxel)"),
    ]


def _campaign_bytes(designs: int, elements: int) -> int:
    content = copy.deepcopy(read_yaml(_PARAMETERS))
    study = content["study"]
    study["budget"] = {"initial": designs, "total": designs, "batch": 1}
    study["resolution"] = {"edge_voxels": _COARSE, "voxel_size": "1 um", "volume_elements": elements}
    study["storage"] = {"keep_voxels": False}
    study["executor"] = {"kind": "serial"}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "lake"
        with Lake.open(path, create=True) as lake:
            run_campaign(lake, Study.read(content))
        tell(f"evaluated {designs} designs of {elements} volume elements")
        return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())


def _voxel_bytes(edge: int) -> int:
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.35)
    element = pack_particles(recipe, NMC_811, edge_voxels=edge, voxel_size_metre=4e-7, seed=1)
    return len(encode(element.to_arrow()))


def _kib(count: float) -> str:
    return f"{count / 1024:,.0f} KiB"
