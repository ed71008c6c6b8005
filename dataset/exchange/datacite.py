"""The crate as DataCite's metadata, kernel 4.5, in JSON: what a repository asks for when it registers a DOI.

There is no DOI yet: the repository gives one. Until then the crate is named by the id of its root artifact and by a
UUID made from it.

References
----------
DataCite Metadata Working Group (2024), DataCite Metadata Schema 4.5, doi 10.14454/g8e5-6293.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ragone.dataset.exchange.description import Description
from ragone.dataset.exchange.people import Person
from ragone.dataset.exchange.terms import TERMS

VERSION = "http://datacite.org/schema/kernel-4"
OPEN_ACCESS = "info:eu-repo/semantics/openAccess"


def datacite(about: Description, formats: Iterable[str] = (), size: int = 0) -> dict[str, Any]:
    """Return the metadata of a crate.

    Parameters
    ----------
    about
        What it is about.
    formats
        Media types of the files that it holds for others.
    size
        Of its records [byte].
    """
    return {
        "schemaVersion": VERSION,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Provenance Run Crate"},
        "titles": [{"title": about.title, "lang": "en"}],
        "creators": [_person(person) for person in about.people] or [{"name": ":unav", "nameType": "Organizational"}],
        "publisher": _publisher(about),
        "publicationYear": str(about.year),
        "alternateIdentifiers": [
            {"alternateIdentifier": f"urn:uuid:{about.uuid}", "alternateIdentifierType": "UUID"},
            {"alternateIdentifier": about.root_id, "alternateIdentifierType": "SHA-256 of the root artifact's content"},
        ],
        "subjects": [{"subject": word, "lang": "en"} for word in about.keywords],
        "dates": [
            {"date": f"{about.begun:%Y-%m-%d}/{about.finished:%Y-%m-%d}", "dateType": "Collected"},
            {"date": f"{about.finished:%Y-%m-%d}", "dateType": "Created"},
        ],
        "language": "en",
        "relatedIdentifiers": list(_related(about)),
        "sizes": [f"{size} bytes", f"{len(about.selection.artifacts)} records"],
        "formats": sorted({"application/vnd.apache.arrow.file", *formats}),
        "rightsList": list(_rights(about)),
        "descriptions": [{"description": about.summary, "descriptionType": "Abstract", "lang": "en"}],
    }


def _publisher(about: Description) -> dict[str, str]:
    address = about.publisher_address
    if not address:
        return {"name": about.publisher}
    scheme = {"publisherIdentifierScheme": "ROR", "schemeUri": "https://ror.org"}
    known = {"name": about.publisher, "publisherIdentifier": address}
    return known | (scheme if address.startswith("https://ror.org/") else {"publisherIdentifierScheme": "URL"})


def _person(person: Person) -> dict[str, Any]:
    known: dict[str, Any] = {"name": f"{person.family_name}, {person.given_name}", "nameType": "Personal"}
    if not person.given_name:
        return {"name": person.name, "nameType": "Personal"}
    known |= {"givenName": person.given_name, "familyName": person.family_name}
    if not person.orcid:
        return known
    scheme = {"nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
    return known | {"nameIdentifiers": [{"nameIdentifier": person.iri, **scheme}]}


def _related(about: Description) -> Iterator[Mapping[str, str]]:
    """The data that it was made from, and the works on software and parameters that are to be cited."""
    for address in dict.fromkeys(source.address for source in about.sources if source.address):
        doi = address.removeprefix("https://doi.org/")
        kind = ("DOI", doi) if doi != address else ("URL", address)
        yield _relation(*kind, "IsDerivedFrom")
    works = {work.doi: work for one in about.software for work in one.works}
    for doi in works | {work.doi: work for work in about.parameter_sets}:
        yield _relation("DOI", doi, "Cites")


def _relation(kind: str, identifier: str, relation: str) -> Mapping[str, str]:
    return {"relatedIdentifier": identifier, "relatedIdentifierType": kind, "relationType": relation}


def _rights(about: Description) -> Iterator[Mapping[str, str]]:
    """The licence of the whole, those of its parts, and whether it is open."""
    whole = about.licence.licence
    for name in (whole, *sorted({part.licence for part in about.licences.values()} - {whole})):
        terms = TERMS.get(name)
        if terms is None:
            yield {"rights": f"No licence can be named: {name}"}
            continue
        spdx = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"}
        yield {"rights": name, "rightsUri": terms.address, "rightsIdentifier": name, **spdx}
    if about.is_open:
        yield {"rights": "open access", "rightsUri": OPEN_ACCESS}
