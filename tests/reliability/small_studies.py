"""The demo's study, smaller: evenly spread designs, coarse volume elements."""

from __future__ import annotations

import copy
from pathlib import Path

from ragone.flows import Study
from ragone.flows.parameter_files.parameters import read_yaml

_PARAMETERS = Path(__file__).parents[2] / "params.yaml"


def study_of(designs: int, edge_voxels: int, elements: int) -> Study:
    """A study of so many designs, each of so many volume elements of that edge."""
    content = copy.deepcopy(read_yaml(_PARAMETERS))
    study = content["study"]
    study["budget"] = {"initial": designs, "total": designs, "batch": 1}
    study["resolution"] = {"edge_voxels": edge_voxels, "voxel_size": "1 um", "volume_elements": elements}
    study["executor"] = {"kind": "serial"}
    return Study.read(content)
