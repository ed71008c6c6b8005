"""Which records of a lake are of kinds that no installed package knows, and which packages may know them?

A package is named that a run says: its stage made such records or took them. Who only put them is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ragone.dataset.store import Store
from ragone.dataset.tables import RUNS
from ragone.schemas.entry_points import package_of, present_name

_COLUMNS = ("entry_point", "input_ids", "output_ids")


def unknown_kinds(store: Store) -> Mapping[str, tuple[str, ...]]:
    """Return the kinds that are stored and not known here, each with the packages whose stages made or took them."""
    kinds = [name for name in store.files.folders("objects") if name not in store.kinds]
    if not kinds:
        return {}
    runs = store.tables.read(RUNS, columns=list(_COLUMNS)).to_pylist()
    found = packages_by_kind((run["entry_point"], [*run["input_ids"], *run["output_ids"]]) for run in runs)
    return {kind: tuple(sorted(found[kind])) for kind in kinds}


def packages_by_kind(runs: Iterable[tuple[str, Iterable[str]]]) -> defaultdict[str, set[str]]:
    """Return the packages other than Ragone whose stages made or took records of each kind.

    Parameters
    ----------
    runs
        The entry point of each, and the ids that it made or took.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry_point, ids in runs:
        package = package_of(present_name(entry_point.partition(":")[0]))
        if package and not package.startswith("ragone."):
            for name in ids:
                found[name.partition("-")[0]].add(package)
    return found
