"""The tests of F-UJI 0.8: what each asks for, how the files of a crate answer it, and what to add if they do not.

A check returns what shows that the indicator is met, for people to read, and nothing if it is not. It looks at what was
written, not at what was meant to be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ragone.dataset.exchange.datacite import VERSION
from ragone.dataset.exchange.description import UNPUBLISHED
from ragone.dataset.exchange.terms import TERMS

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASHED = re.compile(r"[a-z_]+-[0-9a-f]{64}")
_ACCESS = re.compile(r"https?://(purl\.org/coar/access_right|schema\.org/isAccessibleForFree)/\S+")
_REGISTERED = ("http://qudt.org/", "http://www.w3.org/ns/prov#", "https://w3id.org/emmo")
_OPEN_FORMATS = ("text/csv", "image/tiff", "application/json", "application/vnd.apache.parquet")
_PROV = "http://www.w3.org/ns/prov#"


@dataclass(frozen=True)
class Evidence:
    """The content of a crate's files: DataCite's metadata, the data inside the page, PROV, types of readable files.

    `links` are the addresses that the page declares as metadata about itself, with their media type.
    """

    datacite: dict[str, Any]
    page: dict[str, Any]
    prov: dict[str, Any]
    media_types: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """A test of F-UJI by its identifier; without a check where only a repository can meet it."""

    id: str
    asks: str
    advice: str
    check: Callable[[Evidence], str] | None = None


def _unique_metadata(found: Evidence) -> str:
    name = str(found.page.get("@id", ""))
    return name if _UUID.fullmatch(name) else ""


def _unique_data(found: Evidence) -> str:
    names = [str(one.get("name")) for one in found.page.get("distribution", ())]
    return next((name for name in names if _HASHED.fullmatch(name)), "")


def _citation(found: Evidence) -> str:
    return _all_named(
        {
            "creator": [one for one in found.datacite.get("creators", ()) if not one["name"].startswith(":")],
            "title": found.datacite.get("titles"),
            "identifier": found.datacite.get("alternateIdentifiers"),
            "date": found.datacite.get("publicationYear"),
            "publisher": found.datacite.get("publisher", {}).get("name", UNPUBLISHED) != UNPUBLISHED,
            "type": found.datacite.get("types", {}).get("resourceTypeGeneral"),
        }
    )


def _descriptive(found: Evidence) -> str:
    more = {"summary": found.datacite.get("descriptions"), "keywords": found.datacite.get("subjects")}
    cited, told = _citation(found), _all_named(more)
    return f"{cited}, {told}" if cited and told else ""


def _all_named(elements: dict[str, Any]) -> str:
    return ", ".join(elements) if all(elements.values()) else ""


def _location(found: Evidence) -> str:
    places = [str(one.get("contentUrl", "")) for one in found.page.get("distribution", ())]
    return f"{len(places)} files, the first {places[0]}" if places and all(places) else ""


def _indexable(found: Evidence) -> str:
    context = found.page.get("@context", ())
    is_dataset = found.page.get("@type") == "Dataset" and "https://schema.org/" in context
    return "schema.org/Dataset with name and description" if is_dataset and found.page.get("description") else ""


def _access(found: Evidence) -> str:
    stated = str(found.page.get("conditionsOfAccess", ""))
    return stated if _ACCESS.fullmatch(stated) and found.page.get("isAccessibleForFree") is True else ""


def _embedded(found: Evidence) -> str:
    return "JSON-LD in the page" if found.page.get("@context") and found.page.get("@type") else ""


def _linked(found: Evidence) -> str:
    return next((f"a typed link to {place}" for kind, place in found.links if kind == "application/ld+json"), "")


def _vocabularies(found: Evidence) -> str:
    used = [space for space in _REGISTERED if any(text.startswith(space) for text in _texts(found.page))]
    return ", ".join(space for space in used if space != _PROV)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for name, child in value.items() if name != "@context" for text in _texts(child)]
    if isinstance(value, list):
        return [text for child in value for text in _texts(child)]
    return [str(value)]


def _related(found: Evidence) -> str:
    works = [*found.page.get("isBasedOn", ()), *found.page.get("citation", ())]
    named = [one["name"] for one in works if one.get("name")]
    return f"{len(named)} works, the first {named[0]!r}" if named else ""


def _related_links(found: Evidence) -> str:
    related = found.datacite.get("relatedIdentifiers", ())
    kinds = sorted({one["relationType"] for one in related if one.get("relatedIdentifier")})
    return f"{len(related)} identifiers: {', '.join(kinds)}" if kinds else ""


def _resource_type(found: Evidence) -> str:
    return str(found.datacite.get("types", {}).get("resourceTypeGeneral", ""))


def _sizes(found: Evidence) -> str:
    files = found.page.get("distribution", ())
    known = [one for one in files if one.get("encodingFormat") and one.get("contentSize")]
    return f"type and size of {len(known)} files" if known and len(known) == len(files) else ""


def _variables(found: Evidence) -> str:
    names = [f"{one['name']} [{one['unitText']}]" for one in found.page.get("variableMeasured", ())]
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def _licence(found: Evidence) -> str:
    stated = str(found.page.get("license", ""))
    names = [one.get("rightsIdentifier", "") for one in found.datacite.get("rightsList", ())]
    return next((name for name in names if name in TERMS and TERMS[name].address == stated), "")


def _provenance(found: Evidence) -> str:
    kinds = sorted({one["dateType"] for one in found.datacite.get("dates", ())})
    people = [one for one in found.datacite.get("creators", ()) if not one["name"].startswith(":")]
    return ", ".join([*(["creators"] if people else []), *(f"date {kind}" for kind in kinds)])


def _formal_provenance(found: Evidence) -> str:
    counts = {name: len(found.prov.get(name, ())) for name in ("entity", "activity", "wasGeneratedBy")}
    embedded = any(name.startswith("prov:") for name in found.page)
    if not embedded or not all(counts.values()):
        return ""
    return f"PROV-O in the page, PROV-JSON of {counts['entity']} entities and {counts['activity']} activities"


def _community_standard(_: Evidence) -> str:
    """Nothing: F-UJI's list of community standards has none of battery research, nor of microscopy."""
    return ""


def _general_standard(found: Evidence) -> str:
    return VERSION if found.datacite.get("schemaVersion") == VERSION else ""


def _formats(found: Evidence) -> str:
    return ", ".join(name for name in found.media_types if name in _OPEN_FORMATS)


_PEOPLE = "Name the people and the publisher: --author 'Name <ORCID>' --publisher NAME."
_LICENCE = (
    "Put what is yours under a licence: --licence CC-BY-4.0; what holds unknown data is named by ragone licences."
)
_RECORDS = "The crate holds no such records."
_WRITTEN = "The crate's own files are missing or damaged; export it again."
_DOI = "A repository registers a DOI when the crate is deposited."
_SERVED = "A repository serves the page and the files under addresses, by https."
_UNLISTED = (
    "F-UJI's list of standards has none of battery research. The crate follows BattINFO and the Battery Data Format; "
    "propose them to the list."
)
INDICATORS = (
    Indicator("FsF-F1-01MD-1", "metadata have a globally unique identifier", _WRITTEN, _unique_metadata),
    Indicator("FsF-F1-01MD-2", "data have a globally unique identifier", _WRITTEN, _unique_data),
    Indicator("FsF-F1-02MD-1", "metadata have a persistent identifier", _DOI),
    Indicator("FsF-F1-02MD-2", "their persistent identifier is registered", _DOI),
    Indicator("FsF-F1-02MD-4", "data have a persistent identifier", _DOI),
    Indicator("FsF-F1-02MD-5", "their persistent identifier is registered", _DOI),
    Indicator("FsF-F2-01M-2", "what a citation needs", _PEOPLE, _citation),
    Indicator("FsF-F2-01M-3", "what a description needs: a summary and keywords besides", _PEOPLE, _descriptive),
    Indicator("FsF-F3-01M-2", "metadata say where the data are", _WRITTEN, _location),
    Indicator("FsF-F4-01M-1", "search engines can read the metadata", _WRITTEN, _indexable),
    Indicator("FsF-A1-01M-1", "who may access the data", _LICENCE, _access),
    Indicator("FsF-A1-02MD-1", "metadata are retrieved by their identifier", _SERVED),
    Indicator("FsF-A1-02MD-2", "data are retrieved by their identifier", _SERVED),
    Indicator("FsF-A1.1-01MD-1", "metadata are served by a standard protocol", _SERVED),
    Indicator("FsF-A1.1-01MD-2", "data are served by a standard protocol", _SERVED),
    Indicator("FsF-A1.2-01MD-1", "the protocol of metadata knows authentication", _SERVED),
    Indicator("FsF-A1.2-01MD-2", "the protocol of data knows authentication", _SERVED),
    Indicator("FsF-I1-01M-1", "metadata in a formal language are in the page", _WRITTEN, _embedded),
    Indicator("FsF-I1-01M-2", "metadata in a formal language are linked or negotiated", _WRITTEN, _linked),
    Indicator("FsF-I2-01M-2", "terms of registered vocabularies are used", _RECORDS, _vocabularies),
    Indicator("FsF-I3-01M-1", "related works are named with their relation", _RECORDS, _related),
    Indicator("FsF-I3-01M-2", "related works are linked with their relation", _RECORDS, _related_links),
    Indicator("FsF-R1-01M-1", "the type of the resource", _WRITTEN, _resource_type),
    Indicator("FsF-R1-01M-2", "type and size of the files", _WRITTEN, _sizes),
    Indicator("FsF-R1-01M-3", "the variables that were measured", _RECORDS, _variables),
    Indicator("FsF-R1.1-01M-1", "a licence", _LICENCE, _licence),
    Indicator("FsF-R1.2-01M-1", "provenance that maps to PROV", _PEOPLE, _provenance),
    Indicator("FsF-R1.2-01M-2", "provenance in a formal ontology", _WRITTEN, _formal_provenance),
    Indicator("FsF-R1.3-01M-1", "a metadata standard of the community", _UNLISTED, _community_standard),
    Indicator("FsF-R1.3-01M-3", "a metadata standard across disciplines", _WRITTEN, _general_standard),
    Indicator("FsF-R1.3-02D-1", "data in an open, long-term or scientific format", _RECORDS, _formats),
)
