"""What is a crate about? Its title, summary, people, dates, licence, sources and software, for every format alike.

All of it is read off the records, but for what no record knows: who answers for the crate, under which licence its
owners put what is theirs, and who publishes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from ragone.dataset.errors import DroppedError
from ragone.dataset.exchange.citations import Work
from ragone.dataset.exchange.licences import Licensed, licences, whole
from ragone.dataset.exchange.people import Person, PersonError, people_of, read_person
from ragone.dataset.exchange.selection import Selection
from ragone.dataset.exchange.software import Software, parameter_sets_of, software_of
from ragone.schemas.kinds import KINDS, table_name
from ragone.schemas.kpi import Kpi
from ragone.schemas.record import Record
from ragone.schemas.study import Campaign

NAMESPACE = "urn:x-ragone:"  # ids of records as IRIs, where a format wants IRIs
UNPUBLISHED = ":tba"  # DataCite's word for what is announced later
_UUIDS = UUID("9d0f5c1e-6b57-5c1b-8e57-3a5f4b7a8e10")  # in which ids are names; any constant
_WHOLE_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+|\b10\.\d{4,9}/[^\s<>\",;]+")
_AUXILIARY = {"code", "environment", "tombstone", "history"}
_KEYWORDS = {
    "microstructure": "electrode microstructure",
    "transport": "tortuosity factor",
    "cell_parameters": "cell design",
    "discharge": "battery simulation",
    "cycling": "battery simulation",
    "measurement": "battery cycling data",
    "impedance": "electrochemical impedance spectroscopy",
    "generator": "generative model",
    "campaign": "Bayesian optimisation",
}


@dataclass(frozen=True)
class Particulars:
    """Particulars that the records do not know; those left empty stay open.

    Parameters
    ----------
    people
        Who made it, first author first. Those whom notes of runs name with an ORCID follow.
    licence
        SPDX identifier of the licence under which the lake's owners put what is theirs.
    publisher, publisher_address
        The institution of its people, which publishes it until a repository does, and its address, such as its ROR.
    title
        In place of one that is made from the records.
    """

    people: tuple[Person, ...] = ()
    licence: str = ""
    publisher: str = ""
    publisher_address: str = ""
    title: str = ""

    @classmethod
    def read(cls, people: Iterable[str], licence: str = "", publisher: str = "", title: str = "") -> Particulars:
        """Read people as ``Name <ORCID>``, the publisher as ``Name <https://...>``; raises PersonError."""
        name, _, rest = publisher.partition("<")
        address = rest.strip().removesuffix(">").strip()
        if address and not _WHOLE_ADDRESS.fullmatch(address):
            raise PersonError(f"{address!r} is no address of an institution. Write it as 'Name <https://ror.org/...>'.")
        return cls(tuple(map(read_person, people)), licence, name.strip(), address, title)


@dataclass(frozen=True)
class Source:
    """Somebody's data that a given record holds: their title, where they are, and their licence."""

    of_id: str
    text: str
    licence: str

    @property
    def address(self) -> str:
        """The first address or DOI that the text holds, as an address; empty if there is none."""
        found = _ADDRESS.search(self.text)
        text = found[0].rstrip(".,;)") if found else ""
        return f"https://doi.org/{text}" if text.startswith("10.") else text


@dataclass(frozen=True)
class Description:
    """The subject of a crate in all its parts; `counts` are records by kind, `variables` KPIs with their units."""

    selection: Selection = field(repr=False)
    title: str
    people: tuple[Person, ...]
    publisher: str
    publisher_address: str
    licences: Mapping[str, Licensed]
    licence: Licensed
    software: tuple[Software, ...]
    parameter_sets: tuple[Work, ...]
    sources: tuple[Source, ...]
    counts: Mapping[str, int]
    variables: tuple[tuple[str, str], ...]

    @property
    def root_id(self) -> str:
        """The artifact that was asked for."""
        return self.selection.root_id

    @property
    def uuid(self) -> str:
        """The crate's own identifier, the same for the same content."""
        return uuid_of(self.root_id)

    @property
    def begun(self) -> datetime:
        """The moment at which the first of its runs began."""
        return min(run.started for _, run in self.selection.runs)

    @property
    def finished(self) -> datetime:
        """The moment at which the last of its runs ended."""
        return self.selection.latest

    @property
    def year(self) -> int:
        """The year in which it was finished."""
        return self.finished.year

    @property
    def is_open(self) -> bool:
        """Whether everybody may use it: all of it is under a licence that is known."""
        return bool(self.licence.address)

    @cached_property
    def summary(self) -> str:
        """Its content in a few sentences."""
        named = {kind: kind if count == 1 else table_name(kind) for kind, count in self.counts.items()}
        held = ", ".join(f"{count} {named[kind].replace('_', ' ')}" for kind, count in self.counts.items())
        stages = sorted({run.stage for _, run in self.selection.runs if run.entry_point})
        computed = f" They were computed by the stages {', '.join(stages)}." if stages else ""
        return (
            f"{_subject(self.selection)} It holds {held}.{computed} Every record carries its unit, is named by the "
            "SHA-256 of its content, and comes with the run that made it: code, parameters, seed, inputs, environment. "
            "All of it can be verified without Ragone and computed again with it."
        )

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        """Words to find it by."""
        words = [word for kind, word in _KEYWORDS.items() if kind in self.counts]
        names = [name.replace("_", " ") for name, _ in self.variables]
        return tuple(dict.fromkeys(["lithium-ion battery", *words, *names[:10], "reproducible research", "provenance"]))


def describe(selection: Selection, particulars: Particulars | None = None) -> Description:
    """Return what a crate is about; raises LicenceError if the licence that was named is not listed."""
    given = particulars or Particulars()
    licensed = licences(selection, given.licence)
    counts = Counter(a.kind for a in selection.artifacts.values() if a.kind not in _AUXILIARY)
    return Description(
        selection=selection,
        title=given.title or _title(selection),
        people=tuple(dict.fromkeys((*given.people, *people_of(selection)))),
        publisher=given.publisher or UNPUBLISHED,
        publisher_address=given.publisher_address,
        licences=licensed,
        licence=whole(licensed),
        software=software_of(selection),
        parameter_sets=parameter_sets_of(selection),
        sources=tuple(_sources(selection, licensed)),
        counts=dict(sorted(counts.items())),
        variables=tuple(sorted({(kpi.name, kpi.unit) for kpi in records(selection, "kpi") if isinstance(kpi, Kpi)})),
    )


def uuid_of(name: str) -> str:
    """Return the UUID of an artifact or run, where a format wants one instead of its id."""
    return str(uuid5(_UUIDS, name))


def plain_line(text: str, longest: int = 100) -> str:
    """Return a text from a record as one line of characters that every format can hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]


def records(selection: Selection, kind: str) -> Iterator[Record]:
    """Return the records of a kind whose data are not dropped, in the order in which they were made."""
    for artifact in selection.of_kind(kind):
        if not artifact.dropped:
            yield selection.get(artifact.id)


def _title(selection: Selection) -> str:
    record = _root(selection)
    if isinstance(record, Campaign):
        designs = f"{len(record.candidate_ids)} designs of a lithium-ion cell"
        return f"{plain_line(record.name)}: {designs}, with their provenance"
    if isinstance(record, Kpi):
        value = "no value" if record.value is None else f"{record.value:.6g} {record.unit}"
        return f"{plain_line(record.name).replace('_', ' ')} = {value}, with its provenance"
    return f"{selection.root_id[: len(selection.root_id) - 52]}, with its provenance"


def _subject(selection: Selection) -> str:
    record = _root(selection)
    if isinstance(record, Campaign):
        goals = ", ".join(dict.fromkeys(name.replace("_", " ") for name in record.objective_name.split(",")))
        return f"A campaign of designs of a lithium-ion cell for: {plain_line(goals, 300)}."
    return f"One result of the kind {selection.root_id.partition('-')[0]} with all that it descends from."


def _root(selection: Selection) -> Record | None:
    try:
        return selection.get(selection.root_id)
    except DroppedError:
        return None


def _sources(selection: Selection, licensed: Mapping[str, Licensed]) -> Iterator[Source]:
    """The data that were given with a source of their own."""
    made = {edge.child for edge in selection.edges}
    for artifact in selection.artifacts.values():
        kind = KINDS.get(artifact.kind)
        if kind is None or "source" not in kind.fields() or artifact.id in made or artifact.dropped:
            continue
        record: Any = selection.get(artifact.id)
        yield Source(artifact.id, record.source, licensed[artifact.id].licence)
