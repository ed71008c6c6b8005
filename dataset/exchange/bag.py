"""A bag (RFC 8493): files that are listed with their SHA-256, written once and verified whenever they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ragone.dataset.errors import CrateError
from ragone.dataset.exchange.containers import Container, Sink
from ragone.dataset.exchange.crate_format import (
    CARD,
    DECLARATION,
    MANIFEST,
    MOST_FILES,
    PAYLOAD,
    TAG_MANIFEST,
    Card,
    checked_path,
    digest_of,
    listed,
    root_of,
    tag_files,
)
from ragone.dataset.files import LARGEST_FILE, SMALL_FILE
from ragone.dataset.keys import is_digest
from ragone.dataset.progress import Watcher

_FETCH = "fetch.txt"
_TAGS = 4  # files around the payload


class BagWriter:
    """Takes the files of a payload, and ends the bag with what is said of them."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digests: dict[str, str] = {}
        self._size = 0

    def add(self, path: str, data: bytes) -> str:
        """Take a file of the payload; returns its SHA-256."""
        within = f"{PAYLOAD}/{checked_path(path)}"
        if within in self._digests:
            raise CrateError(f"{path} would be in the crate twice.")
        if len(self._digests) == MOST_FILES - _TAGS:
            raise CrateError(f"the crate would hold more than {MOST_FILES} files. Copy the lake with: ragone backup")
        self._digests[within] = digest_of(data)
        self._size += len(data)
        self._sink.add(within, data)
        return self._digests[within]

    def close(self, card: Card) -> str:
        """Write the files around the payload; returns the root."""
        self.add(CARD, card.data())
        for path, data in tag_files(self._digests, self._size, card).items():
            self._sink.add(path, data)
        return root_of(self._digests)


@dataclass(frozen=True)
class Bag:
    """A bag all of whose files were verified, its root, and what it says of itself."""

    container: Container
    root: str
    card: Card

    @property
    def paths(self) -> list[str]:
        """The paths of its payload, sorted."""
        return sorted(path.removeprefix(f"{PAYLOAD}/") for path in self.container.sizes if path.startswith(PAYLOAD))

    def read(self, path: str) -> bytes:
        """Return the content of a file of its payload."""
        return self.container.read(f"{PAYLOAD}/{path}")


def verified(container: Container, *, expect: str, watcher: Watcher) -> Bag:
    """Verify every byte of a bag.

    Parameters
    ----------
    container
        The files.
    expect
        The root that it must have, in hex; any if empty.
    watcher
        Called with files verified and their number.

    Raises
    ------
    CrateError
        If any file is damaged, missing, or not one that belongs in a crate; if it is of another format; if its root is
        another one than expected.
    """
    if expect and not is_digest(expect):
        raise CrateError(f"{expect[:80]!a} is no root of a crate: 64 hex digits were expected, as ragone export says.")
    card = _card(container)
    _require_names(container.sizes)
    digests = _digests(container, watcher)
    root = root_of(digests)
    size = sum(container.sizes[path] for path in digests)
    for path, data in tag_files(digests, size, card).items():
        if _read(container, path) != data:
            raise CrateError(f"{path} does not say what the crate holds: it is damaged or forged. Nothing was written.")
    if expect and root != expect:
        raise CrateError(
            f"the root of the crate is {root}, not {expect} as was expected: it is another crate, or was altered after "
            "that root was published. Nothing was written."
        )
    return Bag(container, root, card)


def _card(container: Container) -> Card:
    """Return the card of the crate; it is read first, for another format may have other files."""
    path = f"{PAYLOAD}/{CARD}"
    for name in (DECLARATION, path):
        if name not in container.sizes:
            raise CrateError(
                f"there is no {name} in it, so that it is no crate of Ragone. Name what ragone export wrote."
            )
    if container.sizes[path] > SMALL_FILE:
        raise CrateError(f"{path} has {container.sizes[path]} bytes; at most {SMALL_FILE} are read.")
    return Card.read(_read(container, path))


def _require_names(sizes: Mapping[str, int]) -> None:
    """Every file has a name of its own, also where upper and lower case are one, and one that belongs in a crate."""
    if len(sizes) > MOST_FILES:
        raise CrateError(f"the crate holds {len(sizes)} files; at most {MOST_FILES} are read.")
    if _FETCH in sizes:
        raise CrateError(f"the crate has a {_FETCH}, which names files elsewhere. Nothing is fetched: ask for them.")
    tags = {DECLARATION, "bag-info.txt", MANIFEST, TAG_MANIFEST}
    alike: dict[str, str] = {}
    for path, size in sizes.items():
        folder, _, within = path.partition("/")
        if path not in tags and (folder != PAYLOAD or not within):
            raise CrateError(f"{path[:80]!a} does not belong in a crate: ragone export writes no such file.")
        if path not in tags:
            checked_path(within)
        if size > LARGEST_FILE:
            raise CrateError(f"{path} has {size} bytes; at most {LARGEST_FILE} are read.")
        if path.lower() in alike:
            raise CrateError(f"{path} and {alike[path.lower()]} are one file where upper and lower case are one.")
        alike[path.lower()] = path
    for path in tags - sizes.keys():
        raise CrateError(f"{path} is missing. Ask for the crate again; nothing was written.")


def _digests(container: Container, watcher: Watcher) -> dict[str, str]:
    """SHA-256 of every file of the payload, each as the manifest states it."""
    stated = listed(_read(container, MANIFEST))
    paths = sorted(path for path in container.sizes if path.startswith(f"{PAYLOAD}/"))
    _require_listed(paths, stated)
    found = {}
    for number, path in enumerate(paths):
        found[path] = digest_of(_read(container, path))
        if found[path] != stated[path]:
            raise CrateError(
                f"{path} is damaged or was swapped: its SHA-256 is {found[path][:12]}..., and {MANIFEST} states "
                f"{stated[path][:12]}.... Ask for the crate again; nothing was written."
            )
        watcher(number + 1, len(paths))
    return found


def _require_listed(paths: Iterable[str], stated: Mapping[str, str]) -> None:
    there = set(paths)
    for path in sorted(there ^ stated.keys()):
        what = f"is not in {MANIFEST}" if path in there else f"is in {MANIFEST}, and missing"
        raise CrateError(f"{path[:200]!a} {what}. Ask for the crate again; nothing was written.")


def _read(container: Container, path: str) -> bytes:
    try:
        return container.read(path)
    except OSError as cause:
        raise CrateError(f"{path} cannot be read: {cause}. Nothing was written.") from cause
