"""The readers of other formats read what a crate has for them, in an environment of their own, without a network."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built_cells import full_cell

from ragone.dataset import Lake
from ragone.dataset.exchange import Particulars, Selection, select
from ragone.flows.exchange import crate_files
from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

pytestmark = pytest.mark.slow

_READERS = ("prov==3.2.3", "rdflib==7.6.0", "ome-types==0.7.0", "tifffile", "imagecodecs", "bibtexparser==2.1.0")
_CFF = "cffconvert==2.0.0"
_DRIVER = Path(__file__).with_name("read_crate.py")
_ORCID = "https://orcid.org/0000-0002-1825-0097"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Selection], dict[str, Any]]:
    """Write the files of a selection, and return what the readers found in them."""
    place = tmp_path_factory.mktemp("readers")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    subprocess.run([place / "bin/python", "-m", "pip", "install", "--quiet", *_READERS, _CFF], check=True)

    def found(selection: Selection) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("crate")
        for file in crate_files(selection, Particulars.read([f"Ada Lovelace <{_ORCID}>"], "CC-BY-4.0", "A university")):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        done = subprocess.run([place / "bin/python", _DRIVER, folder], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    return found


@pytest.fixture
def lake(tmp_path: Path) -> Any:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def test_a_volume_and_its_provenance_are_read(lake: Lake, read: Callable[[Selection], dict[str, Any]]) -> None:
    """PROV has every edge, the page one data set by Ada, the image its edges; nothing in the bibliography fails."""
    recipe = lake.put(Recipe(active_material_weight_fraction=0.95, porosity=0.4))
    given = {"recipe": recipe, "materials": lake.put(NMC_811)}
    volume = lake.run(pack_particles, **given, seed=1, edge_voxels=12, voxel_size_metre=4e-7).id
    selection = select(lake, volume)
    found = read(selection)
    edges = [edge.informed for edge in selection.edges]
    assert (found["derivations"], found["influences"]) == (edges.count(False), edges.count(True))
    assert (found["datasets"], found["activities"], found["people"]) == (1, 1, [_ORCID])
    assert found["citations"][1] == 0
    assert found["images"] == [{"shape": [12, 12, 12], "edges": [0.4] * 3, "unit": "µm"}]


def test_a_cell_is_read_in_terms_of_its_ontology(lake: Lake, read: Callable[[Selection], dict[str, Any]]) -> None:
    """Every class of the graph is one of EMMO's domains, every unit one of EMMO's."""
    transport = ideal_transport(Recipe(active_material_weight_fraction=0.95, porosity=0.3), NMC_811)
    found = read(select(lake, lake.put(full_cell(transport))))
    assert len(found["classes"]) >= 10
    assert all(name.startswith("https://w3id.org/emmo") for name in found["classes"])
    assert "https://w3id.org/emmo#Metre" in found["units"]
    assert all(name.startswith("https://w3id.org/emmo#") for name in found["units"])
