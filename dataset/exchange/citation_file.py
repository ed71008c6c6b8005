"""How to cite a crate, as CITATION.cff: what GitHub, Zenodo and reference managers read.

References
----------
Druskat et al. (2021), Citation File Format 1.2.0, doi 10.5281/zenodo.5171937.
"""

from __future__ import annotations

from typing import Any

import yaml

from ragone.dataset.exchange.description import Description
from ragone.dataset.exchange.people import Person
from ragone.dataset.exchange.terms import TERMS

CFF = "https://citation-file-format.github.io/1.2.0/schema.json"


def citation_file(about: Description) -> str:
    """Return the file; a crate without people is by nobody who is named."""
    licence = about.licence.licence
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them, and the works in CITATION.bib.",
        "type": "dataset",
        "title": about.title,
        "abstract": about.summary,
        "authors": [_person(person) for person in about.people] or [{"name": "Not named"}],
        "date-released": f"{about.finished:%Y-%m-%d}",
        "identifiers": [{"type": "other", "value": f"urn:uuid:{about.uuid}", "description": about.root_id}],
        "keywords": list(about.keywords),
        **({"license": licence} if licence in TERMS else {}),
    }
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))


def _person(person: Person) -> dict[str, str]:
    known = {"family-names": person.family_name, "given-names": person.given_name, "orcid": person.iri}
    return {name: value for name, value in known.items() if value}
