"""A page that people read and search engines index: the description of a crate with schema.org inside, as JSON-LD.

A repository makes a page of its own; this one travels with the crate. All text is escaped, nothing is executed, and
nothing is loaded from elsewhere.

References
----------
schema.org/Dataset; PROV-O, https://www.w3.org/TR/prov-o/; COAR access rights, http://purl.org/coar/access_right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ragone.dataset.exchange.description import UNPUBLISHED, Description
from ragone.dataset.exchange.people import Person
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.units import unit_terms

OPEN_ACCESS = "http://purl.org/coar/access_right/c_abf2"
_CONTEXT = ["https://schema.org/", {"prov": "http://www.w3.org/ns/prov#", "qudt": "http://qudt.org/schema/qudt/"}]
_ARROW = "application/vnd.apache.arrow.file"
_UP = "../"  # the page lies in a folder of its own
_LISTED = 200  # files that the page names


def landing_page(about: Description, readable: Sequence[Rendering] = ()) -> str:
    """Return the page as HTML; `readable` are the files of the crate that it names."""
    data = json.dumps(schema_org(about, readable), indent=1, ensure_ascii=False).replace("<", "\\u003c")
    title, people = escape(about.title), ", ".join(escape(person.name) for person in about.people) or "not named"
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _facts(about))
    files = "".join(
        f'<li><a href="{escape(_UP + file.path)}">{escape(file.title)}</a></li>' for file in readable[:_LISTED]
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<link rel="describedby" type="application/ld+json" href="{_UP}ro-crate-metadata.json">\n'
        f'<script type="application/ld+json">\n{data}\n</script></head>\n'
        f"<body><h1>{title}</h1><p>{people}</p><p>{escape(about.summary)}</p>\n<dl>{rows}</dl>\n"
        f"<h2>Files</h2><ul>{files}</ul></body></html>\n"
    )


def schema_org(about: Description, readable: Sequence[Rendering] = ()) -> dict[str, Any]:
    """Return the description as a schema.org Dataset with the terms of PROV-O."""
    known: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": f"urn:uuid:{about.uuid}",
        "identifier": [f"urn:uuid:{about.uuid}", about.root_id],
        "name": about.title,
        "description": about.summary,
        "keywords": list(about.keywords),
        "inLanguage": "en",
        "dateCreated": f"{about.finished:%Y-%m-%d}",
        "datePublished": f"{about.finished:%Y-%m-%d}",
        "creator": [_person(person) for person in about.people],
        "publisher": _publisher(about),
        "license": about.licence.address,
        "isAccessibleForFree": True if about.is_open else None,
        "conditionsOfAccess": OPEN_ACCESS if about.is_open else "",
        "isBasedOn": [_source(text, address) for text, address in _sources(about)],
        "citation": [_work(title, address) for title, address in _works(about)],
        "variableMeasured": [_variable(name, unit) for name, unit in about.variables],
        "distribution": [_root_file(about), *(_file(file) for file in readable[:_LISTED])],
        "prov:wasGeneratedBy": _activity(about),
        "prov:wasDerivedFrom": [{"@id": address} for _, address in _sources(about) if address],
        "prov:wasAttributedTo": [{"@id": person.iri} for person in about.people if person.orcid],
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def _facts(about: Description) -> Iterator[tuple[str, str]]:
    yield "Root artifact", about.root_id
    yield "Identifier", f"urn:uuid:{about.uuid}"
    yield "Licence", about.licence.licence
    yield from (("Why no licence can be named", reason) for reason in about.licence.reasons[:10])
    yield "Computed", f"{about.begun:%Y-%m-%d} to {about.finished:%Y-%m-%d}"
    yield "Keywords", ", ".join(about.keywords)
    yield "Software", ", ".join(f"{one.name} {one.version}" for one in about.software)
    yield from (("Made from", source.text) for source in about.sources)


def _person(person: Person) -> dict[str, Any]:
    known = {"@type": "Person", "name": person.name, "familyName": person.family_name, "givenName": person.given_name}
    return known | ({"@id": person.iri, "identifier": person.iri} if person.orcid else {})


def _publisher(about: Description) -> dict[str, Any] | None:
    if about.publisher == UNPUBLISHED:
        return None
    address = about.publisher_address
    return {"@type": "Organization", "name": about.publisher} | ({"@id": address, "url": address} if address else {})


def _sources(about: Description) -> list[tuple[str, str]]:
    return list(dict.fromkeys((source.text, source.address) for source in about.sources))


def _source(text: str, address: str) -> dict[str, Any]:
    return {"@type": "CreativeWork", "name": text} | ({"@id": address, "url": address} if address else {})


def _works(about: Description) -> list[tuple[str, str]]:
    works = [*(work for one in about.software for work in one.works), *about.parameter_sets]
    return list(dict.fromkeys((work.title, work.address) for work in works))


def _work(title: str, address: str) -> dict[str, Any]:
    return {"@type": "ScholarlyArticle", "name": title, "@id": address, "url": address}


def _variable(name: str, unit: str) -> dict[str, Any]:
    terms = unit_terms(unit)
    known = {"@type": "PropertyValue", "name": name.replace("_", " "), "unitText": terms.ucum or unit}
    return known | ({"unitCode": terms.qudt, "qudt:unit": {"@id": terms.qudt}} if terms.qudt else {})


def _root_file(about: Description) -> dict[str, Any]:
    root = about.selection.artifacts[about.root_id]
    path = f"lake/objects/{root.kind}/{root.id.removeprefix(f'{root.kind}-')}.arrow"
    return _download(path, _ARROW, root.size, root.id)


def _file(file: Rendering) -> dict[str, Any]:
    return _download(file.path, file.media_type, len(file.data), file.title)


def _download(path: str, media_type: str, size: int, name: str) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": name,
        "contentUrl": _UP + path,
        "encodingFormat": media_type,
        "contentSize": f"{size} B",
    }


def _activity(about: Description) -> dict[str, Any]:
    return {
        "@type": "prov:Activity",
        "name": f"{len(about.selection.runs)} runs of Ragone",
        "prov:startedAtTime": about.begun.isoformat(),
        "prov:endedAtTime": about.finished.isoformat(),
    }
