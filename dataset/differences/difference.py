"""How do two artifacts of one kind differ: in what was asked for, in code and environment, in what came out?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ragone.dataset.differences.entries import Entry, Section, by_path
from ragone.dataset.differences.origin import origin_of, origins_compared
from ragone.dataset.differences.records import fields_compared, makers_compared, runs_compared
from ragone.dataset.differences.results import campaigns_compared, evaluations_compared
from ragone.dataset.errors import OtherKindError
from ragone.dataset.store import Store
from ragone.schemas.kinds import table_name
from ragone.schemas.provenance import Run, Snapshot
from ragone.schemas.record import Record
from ragone.schemas.study import Campaign


@dataclass(frozen=True)
class Difference:
    """Two artifacts of one kind side by side, section by section; what is the same in both is there too."""

    kind: str
    first: str
    second: str
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not any(entry.differs for section in self.sections for entry in section.entries)


def difference(store: Store, first: str, second: str) -> Difference:
    """Compare two artifacts, or two runs, by their ids.

    Raises
    ------
    OtherKindError
        If they are of different kinds.
    """
    kinds = [name.partition("-")[0] for name in (first, second)]
    if kinds[0] != kinds[1]:
        raise OtherKindError(
            f"{first} is a {kinds[0]} and {second} a {kinds[1]}. Only two of one kind can be set side by side; list "
            f"others with: ragone query 'SELECT id FROM {table_name(kinds[0])}'"
        )
    left, right = store.load(first), store.load(second)
    return Difference(kinds[0], first, second, tuple(_sections(store, (first, left), (second, right))))


def _sections(store: Store, first: tuple[str, Record], second: tuple[str, Record]) -> Iterable[Section]:
    (first_id, left), (second_id, right) = first, second
    if isinstance(left, Snapshot) and isinstance(right, Snapshot):
        yield fields_compared(left, right)
        yield from _contents_compared(left.artifact_ids, right.artifact_ids)
        return
    if isinstance(left, Run) and isinstance(right, Run):
        yield runs_compared("run", left, right)
    elif isinstance(left, Campaign) and isinstance(right, Campaign):
        yield Section("study", tuple(by_path(left.definition, right.definition)))
    else:
        yield fields_compared(left, right)
        yield from makers_compared(store.producer(first_id), store.producer(second_id))
    yield from origins_compared(origin_of(store, first_id), origin_of(store, second_id))
    if isinstance(left, Campaign) and isinstance(right, Campaign):
        yield campaigns_compared(store, left, right)
    elif not isinstance(left, Run):
        evaluations = store.evaluations
        yield from evaluations_compared(evaluations.now(), evaluations.columns, first_id, second_id)


def _contents_compared(first: tuple[str, ...], second: tuple[str, ...]) -> list[Section]:
    """The number of artifacts of each kind in two snapshots, and those that only one of them holds."""
    left, right = _by_kind(first), _by_kind(second)
    kinds = sorted(left.keys() | right.keys())
    counts = [Entry(kind, len(left[kind]), len(right[kind])) for kind in kinds]
    apart = [Entry(kind, sorted(left[kind] - right[kind]), sorted(right[kind] - left[kind])) for kind in kinds]
    return [Section("number of each kind", tuple(counts)), Section("only in one of them", tuple(apart))]


def _by_kind(ids: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name in ids:
        found[name.partition("-")[0]].add(name)
    return found
