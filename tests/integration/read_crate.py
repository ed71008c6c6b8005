"""Read the files that a crate has for others by their own readers, in an environment of its own.

``python read_crate.py FOLDER``: what the readers found is written to standard output as JSON. No address is fetched.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path
from typing import Any

import bibtexparser
import ome_types
import rdflib
from cffconvert.citation import Citation
from prov.model import ProvDerivation, ProvDocument, ProvInfluence

_SCHEMA, _PROV = rdflib.Namespace("https://schema.org/"), rdflib.Namespace("http://www.w3.org/ns/prov#")
_UNIT = rdflib.URIRef("https://w3id.org/emmo#EMMO_bed1d005_b04e_4a90_94cf_02bc678a8569")
_EMBEDDED = re.compile(r'<script type="application/ld\+json">\n(.*?)\n</script>', re.DOTALL)


def _refuse(*_: Any) -> None:
    raise OSError("no network in this test")


def _graph(document: dict[str, Any]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=json.dumps(document), format="json-ld")


def _page(metadata: Path) -> rdflib.Graph:
    found = _EMBEDDED.search((metadata / "landing-page.html").read_text("utf-8"))
    document = json.loads(found[1])
    assert document["@context"][0] == "https://schema.org/"
    document["@context"][0] = {"@vocab": "https://schema.org/"}  # what that address says of these terms
    return _graph(document)


def _images(folder: Path) -> list[dict[str, Any]]:
    pixels = [ome_types.from_tiff(path).images[0].pixels for path in sorted(folder.rglob("*.ome.tiff"))]
    return [
        {
            "shape": [p.size_z, p.size_y, p.size_x],
            "edges": [p.physical_size_z, p.physical_size_y, p.physical_size_x],
            "unit": p.physical_size_x_unit.value,
        }
        for p in pixels
    ]


def main(folder: Path) -> None:
    """Write what the readers found."""
    socket.socket.connect = _refuse
    metadata = folder / "metadata"
    prov = ProvDocument.deserialize(metadata / "prov.json")
    page = _page(metadata)
    bibliography = bibtexparser.parse_file(str(metadata / "CITATION.bib"))
    cff = Citation((metadata / "CITATION.cff").read_text("utf-8"))
    cff.validate()
    cells = [_graph(json.loads(path.read_text())) for path in sorted(folder.rglob("*.battinfo.jsonld"))]
    found = {
        "entities": len(prov.get_records()),
        "derivations": len(list(prov.get_records(ProvDerivation))),
        "influences": len(
            [r for r in prov.get_records(ProvInfluence) if type(r) is ProvInfluence]  # others are kinds of influence
        ),
        "datasets": len(list(page.subjects(rdflib.RDF.type, _SCHEMA.Dataset))),
        "people": [str(one) for one in page.objects(None, _SCHEMA.creator)],
        "activities": len(list(page.objects(None, _PROV.wasGeneratedBy))),
        "citations": [len(bibliography.entries), len(bibliography.failed_blocks)],
        "images": _images(folder),
        "classes": sorted({str(one) for cell in cells for one in cell.objects(None, rdflib.RDF.type)}),
        "units": sorted({str(one) for cell in cells for one in cell.objects(None, _UNIT)}),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
