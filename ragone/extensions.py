"""What other packages add to Ragone: the stages and kinds of record that they register as entry points.

    [project.entry-points."ragone.stages"]
    "kpi.soaking" = "my_electrode_lab.kpis:soaking"

Only the metadata of installed packages is read, and only when something is asked for that is not Ragone's own. The
current folder is no place where packages are installed: metadata that lie beside a stranger's lake are not heeded.
What cannot be used costs that entry alone, and is told in one line that names its package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import Any, Generic, TypeVar

from ragone.search_path import search_path

STAGES, RECORDS = "ragone.stages", "ragone.records"

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Extension:
    """One entry: the distribution that registers it, with its version, the group, the name, and where it lies."""

    distribution: str
    group: str
    name: str
    value: str

    @property
    def package(self) -> str:
        """The package at the top of the module in which it lies."""
        return self.value.partition(":")[0].strip().partition(".")[0]

    def load(self) -> Any:
        """Import it."""
        return metadata.EntryPoint(self.name, self.value, self.group).load()

    def __str__(self) -> str:
        return f"{self.group} {self.name!r} of {self.distribution}"


_refused: dict[Extension, str] = {}  # entries that could not be used, with the reason, as they are met


def extensions(*groups: str) -> list[Extension]:
    """Return what installed packages register in some groups, in the order of their names; nothing is imported."""
    return [one for one in _registered(tuple(search_path())) if one.group in groups]


def problems() -> list[str]:
    """Return what could not be used so far, a line each."""
    return [_refused[one] for one in extensions(STAGES, RECORDS) if one in _refused]


@lru_cache(maxsize=8)
def _registered(path: tuple[str, ...]) -> tuple[Extension, ...]:
    """All entries of our groups on a path."""
    names = {one.metadata["Name"] for one in metadata.distributions(path=list(path)) if _entries(one)}
    found = [next(iter(metadata.distributions(name=name, path=list(path)))) for name in names]  # as an import finds it
    return tuple(sorted({entry for one in found for entry in _entries(one)}))


def _entries(one: metadata.Distribution) -> list[Extension]:
    try:
        ours = [entry for entry in one.entry_points if entry.group in (STAGES, RECORDS)]
    except Exception:  # noqa: BLE001 - among all that is installed, somebody's metadata are damaged
        return []
    return [Extension(f"{one.metadata['Name']} {one.version}", e.group, e.name, e.value) for e in ours]


class Registry(MutableMapping[str, T], Generic[T]):
    """Values by name: Ragone's own, then what other packages register, each imported when it is first asked for."""

    def __init__(
        self,
        group: str,
        own: dict[str, T],
        checked: Callable[[Extension, Any], T],
        key: Callable[[str], str] = str,
    ) -> None:
        """Make a registry.

        Parameters
        ----------
        group
            The group of entry points.
        own
            Ragone's own values.
        checked
            Returns what an entry leads to; raises if that cannot be used.
        key
            What no two names may share.
        """
        self._group, self._own, self._checked, self._key = group, own, checked, key
        self._loaded: dict[Extension, T] = {}

    def __getitem__(self, name: str) -> T:
        if name in self._own:
            return self._own[name]
        for one in extensions(self._group):
            if one.name == name and self._usable(one):
                return self._loaded[one]
        raise KeyError(name)

    def __setitem__(self, name: str, value: T) -> None:
        self._own[name] = value

    def __delitem__(self, name: str) -> None:
        del self._own[name]

    def __iter__(self) -> Iterator[str]:
        yield from list(self._own)
        yield from [one.name for one in extensions(self._group) if self._usable(one) and one.name not in self._own]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _usable(self, one: Extension) -> bool:
        """Whether an entry is loaded, or can be."""
        if one not in self._loaded and one not in _refused:
            try:
                self._require_free(one)
                self._loaded[one] = self._checked(one, one.load())
            except (Exception, SystemExit) as cause:  # noqa: BLE001 - whatever a package does, it costs its entry alone
                told = " ".join(f"{type(cause).__name__}: {cause}".split())
                _refused[one] = f"{one} ({one.value}) cannot be used: {told}"
        return one in self._loaded

    def _require_free(self, one: Extension) -> None:
        """Refuse a name that is Ragone's own, or that of an entry before it; raises LookupError."""
        wanted = self._key(one.name)
        own = next((name for name in self._own if self._key(name) == wanted), None)
        if own is not None:
            raise LookupError(f"Ragone has its own {own!r}. Choose another name.")
        first = next(other for other in extensions(self._group) if self._key(other.name) == wanted)
        if first != one:
            raise LookupError(f"{first} has that name. Choose another, or uninstall one of the packages.")
