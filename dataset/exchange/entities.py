"""Entities of JSON-LD, and the people and organisations among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

Entity = dict[str, Any]

RECORDS = "lake/objects/{}/"  # the folder of the records of a kind
LICENCE = "#licence"
_NOBODY, _ORGANISATION = "#unnamed", "#organisation"


@dataclass(frozen=True)
class About:
    """The title of a crate, its description, the licence of all of it, its authors, and their organisation.

    Each has a name and an address: of the licence's text, of an ORCID, of the organisation; empty where there is none.
    """

    title: str
    description: str
    licence: tuple[str, str] = ("unknown", "")
    authors: tuple[tuple[str, str], ...] = ()
    organisation: tuple[str, str] = ("", "")


def ref(name: str) -> Entity:
    """Return a reference to an entity."""
    return {"@id": name}


def parameter(kind: str) -> str:
    """Return the name of the parameter of a workflow that records of a kind are."""
    return f"#parameter/{kind}"


def moment(when: datetime) -> str:
    """Return a moment in ISO 8601, to the millisecond."""
    return when.isoformat(timespec="milliseconds")


def plain(entity: Entity) -> Entity:
    """An entity as JSON-LD in its compact form has it: one value stands alone, and none is left out."""
    several = {name: value for name, value in entity.items() if value != []}
    return {n: value[0] if isinstance(value, list) and len(value) == 1 else value for n, value in several.items()}


def people_of_crate(about: About) -> Iterator[Entity]:
    """Yield the authors and their organisation."""
    for name, address in about.authors:
        yield {"@id": _person(name, address), "@type": "Person", "name": name, "affiliation": _organisation(about)}
    if not about.authors:
        yield {"@id": _NOBODY, "@type": "Organization", "name": "Not named", "description": "No author was named."}
    name, address = about.organisation
    for organisation in _organisation(about):
        url = {"url": address} if address else {}
        yield {**organisation, "@type": "Organization", "name": name, **url}


def credits_of(about: About) -> Entity:
    """Return who made and publishes an entity."""
    people = [ref(_person(name, address)) for name, address in about.authors]
    return {"author": people, "creator": people, "publisher": _organisation(about)}


def agent_of(about: About) -> Entity:
    """Return a reference to the person who acted, as far as one is named."""
    return ref(_person(*about.authors[0])) if about.authors else ref(_NOBODY)


def _organisation(about: About) -> list[Entity]:
    name, address = about.organisation
    return [ref(address or _ORGANISATION)] if name else []


def _person(name: str, address: str) -> str:
    return address or f"#person/{quote(name)}"
