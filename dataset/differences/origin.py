"""By which code, and in which environments, was an artifact and all that it is made of computed?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from ragone.dataset.differences.entries import Entry, Section, by_name, joined
from ragone.dataset.errors import LakeError
from ragone.dataset.fingerprint import present_names
from ragone.dataset.lineage import origins
from ragone.dataset.store import Store
from ragone.dataset.tables import ARTIFACTS, RUNS
from ragone.schemas.provenance import Code, Environment
from ragone.schemas.record import Record

_DIGITS = 12  # of a fingerprint
_Sets = Mapping[str, set[str]]
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Origin:
    """The code of each stage, and the environments; several of a stage if its runs had several."""

    codes: Mapping[str, tuple[Code, ...]]
    environments: tuple[Environment, ...]


def origin_of(store: Store, subject: str) -> Origin:
    """Read the origin of an artifact, with all that it is made of, or that of one run."""
    rows = _runs(store, _run_ids(store, subject))
    ids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["code_id"]:
            ids[row["stage"]].add(row["code_id"])
    codes = {stage: tuple(_read(store, names, Code)) for stage, names in sorted(ids.items())}
    return Origin(codes, tuple(_read(store, {row["environment_id"] for row in rows}, Environment)))


def origins_compared(first: Origin, second: Origin) -> list[Section]:
    """Compare the stages, the modules and libraries of those that both have, and the environments with packages."""
    stages = [name for name in first.codes if name in second.codes]
    left, right = ([code for name in stages for code in origin.codes[name]] for origin in (first, second))
    code = [
        *(Entry(f"stage {name}", "used", None) for name in first.codes if name not in second.codes),
        *(Entry(f"stage {name}", None, "used") for name in second.codes if name not in first.codes),
        *_named("", _modules(left), _modules(right)),
        *_named("library ", _united(one.libraries for one in left), _united(one.libraries for one in right)),
    ]
    surroundings = [_surroundings(origin.environments) for origin in (first, second)]
    packages = [_united(one.packages for one in origin.environments) for origin in (first, second)]
    return [
        Section("code", tuple(code)),
        Section("environment", (*by_name(*surroundings), *_named("package ", *packages))),
    ]


def _run_ids(store: Store, subject: str) -> list[str]:
    """The runs that first made the subject and each thing that it is made of."""
    if subject.startswith("run-"):
        return [subject]
    made_of = pa.array(sorted(origins(store.tables, [subject])[subject]))
    table = store.tables.read(ARTIFACTS, columns=["id", "run_id"])
    return list(table.filter(pc.is_in(table["id"], made_of))["run_id"].unique().to_pylist())


def _runs(store: Store, ids: list[str]) -> list[dict[str, str]]:
    table = store.tables.read(RUNS, columns=["id", "stage", "code_id", "environment_id"])
    rows: list[dict[str, str]] = table.filter(pc.is_in(table["id"], pa.array(ids, pa.string()))).to_pylist()
    return rows


def _read(store: Store, ids: Iterable[str], kind: type[R]) -> list[R]:
    """The records that can be read; of a damaged one, nothing can be said."""
    found = []
    for name in sorted(filter(None, ids)):
        try:
            record = store.load(name)
        except LakeError:
            continue
        if isinstance(record, kind):
            found.append(record)
    return found


def _modules(codes: Iterable[Code]) -> _Sets:
    """Shortened fingerprints of each module, by the name that it has today."""
    sound = (present_names(code) for code in codes if isinstance(code.modules, Mapping))
    return _united({name: str(digest)[:_DIGITS] for name, digest in modules.items()} for modules in sound)


def _united(documents: Iterable[Any]) -> _Sets:
    """All values of each name; what is no mapping, in a stranger's lake, has none."""
    united: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        for name, value in document.items() if isinstance(document, Mapping) else ():
            united[name].add(str(value))
    return united


def _named(prefix: str, first: _Sets, second: _Sets) -> list[Entry]:
    texts = ({f"{prefix}{name}": joined(values) for name, values in side.items()} for side in (first, second))
    return by_name(*texts)


def _surroundings(environments: Sequence[Environment]) -> dict[str, str]:
    """All of the environments but the packages."""
    machines = _united(
        {name: getattr(one, name) for name in ("python", "platform", "processor")}
        | {"processor_features": " ".join(one.processor_features)}
        for one in environments
    )
    threads = _united(one.threads for one in environments)
    both = {**machines, **{f"threads.{name}": values for name, values in threads.items()}}
    return {name: joined(values) for name, values in both.items()}
