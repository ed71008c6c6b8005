"""The files of a crate that describe it to other people's tools: DataCite, PROV, OpenLineage, citations, a page.

Every file is made from the records and from what the exporter adds, and from nothing else: the same selection gives
the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ragone.dataset.exchange.bibliography import bibliography
from ragone.dataset.exchange.citation_file import CFF, citation_file
from ragone.dataset.exchange.crate_metadata import About
from ragone.dataset.exchange.datacite import VERSION, datacite
from ragone.dataset.exchange.description import Particulars, describe
from ragone.dataset.exchange.landing_page import landing_page
from ragone.dataset.exchange.openlineage import SCHEMA, openlineage
from ragone.dataset.exchange.prov_json import prov_json
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Selection

DATACITE, PROV = "metadata/datacite.json", "metadata/prov.json"
LINEAGE, CITATIONS, PAGE = "metadata/openlineage.jsonl", "metadata/CITATION.bib", "metadata/landing-page.html"
CITATION_FILE = "metadata/CITATION.cff"
_PROV_JSON = "https://www.w3.org/submissions/prov-json/"


def descriptions(
    selection: Selection, particulars: Particulars | None = None, readable: Sequence[Rendering] = ()
) -> Iterator[Rendering]:
    """Make the descriptions of a crate.

    Parameters
    ----------
    selection
        What it holds.
    particulars
        Its people, licence, publisher and title, as far as they are known.
    readable
        Its other files, which the descriptions point to.

    Raises
    ------
    LicenceError
        If the licence is not listed.
    """
    about = describe(selection, particulars)
    formats, size = {file.media_type for file in readable}, sum(a.size for a in selection.artifacts.values())
    cited = _json(datacite(about, formats, size))
    yield Rendering(DATACITE, "application/vnd.datacite.datacite+json", "", "DataCite metadata", cited, VERSION)
    provenance = _json(prov_json(about))
    yield Rendering(PROV, "application/json", "", "Provenance as W3C PROV-JSON", provenance, _PROV_JSON)
    events = openlineage(about).encode()
    yield Rendering(LINEAGE, "application/jsonl", "", "Runs as OpenLineage events", events, SCHEMA)
    entries = bibliography(about).encode()
    yield Rendering(CITATIONS, "application/x-bibtex", "", "What to cite, as BibTeX", entries)
    record = citation_file(about).encode()
    yield Rendering(CITATION_FILE, "application/yaml", "", "How to cite the crate, as CITATION.cff", record, CFF)
    page = landing_page(about, readable).encode()
    yield Rendering(PAGE, "text/html", "", "A page for people and search engines", page, "https://schema.org/Dataset")


def about_crate(selection: Selection, particulars: Particulars | None = None) -> About:
    """Return what the metadata of a crate say of the whole; raises LicenceError if the licence is not listed."""
    about = describe(selection, particulars)
    authors = tuple((person.name, person.iri) for person in about.people)
    alone = particulars is not None and about.people == particulars.people  # those in notes may belong elsewhere
    organisation = (about.publisher, about.publisher_address) if alone and about.publisher_address else ("", "")
    return About(about.title, about.summary, (about.licence.licence, about.licence.address), authors, organisation)


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
