"""Format 1 of a crate: where its files lie, and what its bag (RFC 8493) says of them.

Every file of the bag but its payload follows from the payload, byte by byte: which Ragone wrote it, when, and what it
holds stand in `lake/crate.json`. So one number, the root over the payload, vouches for all of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ragone.dataset.errors import CrateError
from ragone.dataset.hashing import merkle_root
from ragone.dataset.keys import checked_key, is_digest, is_stored_id
from ragone.schemas.json_text import JsonError, decode_json

FORMAT_VERSION = 1
MOST_FILES = 65_535  # files of a crate; as many as a plain ZIP archive can hold
MOST_ENTITIES = 500  # in the metadata: validators slow down with their number

IMPORT = "import"  # stage of the run that says what came when

PAYLOAD = "data"
DECLARATION, INFO, MANIFEST, TAG_MANIFEST = "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"
METADATA, README, CARD, WORKFLOW = "ro-crate-metadata.json", "README.md", "lake/crate.json", "workflow.json"
LINEAGE, EVALUATIONS, EVALUATIONS_CSV = "lake/lineage.parquet", "lake/evaluations.parquet", "lake/evaluations.csv"
RENDERINGS = ("readable", "metadata")  # folders of what others read

_FORMAT = "ragone-crate"
_FIXED = frozenset({METADATA, README, CARD, WORKFLOW, LINEAGE, EVALUATIONS, EVALUATIONS_CSV})
_OBJECT = re.compile(r"lake/objects/([a-z][a-z_]{0,63})/([0-9a-f]{64})\.arrow")
_RUN = re.compile(r"lake/runs/(run-[0-9a-f]{64})\.arrow")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,64}")


@dataclass(frozen=True)
class Card:
    """The statements of a crate about itself: its root artifact, the day of its last run, its writer, and counts."""

    root_id: str
    made: str
    ragone: str
    artifacts: int
    runs: int

    def data(self) -> bytes:
        """The file that holds it."""
        content = {"format": _FORMAT, "version": FORMAT_VERSION, **asdict(self)}
        return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def read(cls, data: bytes) -> Card:
        """Read the file.

        Raises
        ------
        CrateError
            If it is none, or of another format than this Ragone reads.
        """
        try:
            content = decode_json(data, most_values=100)
        except JsonError as cause:
            raise CrateError(f"{PAYLOAD}/{CARD} is damaged: {cause}. Ask for the crate again.") from cause
        _require_format(content)
        card = cls(**{name: content.get(name) for name in cls.__dataclass_fields__})
        if not card._is_well_formed() or card.data() != data:
            raise CrateError(f"{PAYLOAD}/{CARD} is not as ragone export writes it. Ask for the crate again.")
        return card

    def _is_well_formed(self) -> bool:
        texts = ((_DATE, self.made), (_VERSION, self.ragone))
        return (
            isinstance(self.root_id, str)
            and is_stored_id(self.root_id)
            and all(isinstance(text, str) and grammar.fullmatch(text) for grammar, text in texts)
            and all(type(count) is int and 0 < count <= MOST_FILES for count in (self.artifacts, self.runs))
        )


def _require_format(content: Any) -> None:
    version = content.get("version") if isinstance(content, dict) and content.get("format") == _FORMAT else None
    if type(version) is not int or version < 1:
        raise CrateError(f"{PAYLOAD}/{CARD} is not that of a crate of Ragone. Look at the files with other tools.")
    if version > FORMAT_VERSION:
        writer = content.get("ragone")
        named = f"Ragone {writer}" if isinstance(writer, str) and _VERSION.fullmatch(writer) else "a newer Ragone"
        raise CrateError(
            f"the crate has format {version} and was written by {named}; this Ragone reads up to format "
            f"{FORMAT_VERSION}. Upgrade Ragone; nothing was written."
        )


def object_path(artifact_id: str) -> str:
    """Return the path of an artifact's record in the payload."""
    kind, _, digits = artifact_id.partition("-")
    return f"lake/objects/{kind}/{digits}.arrow"


def run_path(run_id: str) -> str:
    """Return the path of a run in the payload."""
    return f"lake/runs/{run_id}.arrow"


def id_of(path: str) -> str:
    """The artifact or run that a file of the payload holds; empty if it is another file."""
    found = _OBJECT.fullmatch(path)
    if found:
        return "-".join(found.groups()) if found[1] != "run" else ""
    run = _RUN.fullmatch(path)
    return run[1] if run else ""


def checked_path(path: str) -> str:
    """Return a path of the payload.

    Raises
    ------
    CrateError
        If no file of a crate lies there.
    """
    try:
        checked_key(path)
    except OSError as cause:
        raise CrateError(
            f"{path[:80]!a} is no name of a file of a crate: letters, digits, '_', '-' and '.' between slashes are "
            "expected, no part beginning with a dot. Nothing was written."
        ) from cause
    if not (path in _FIXED or id_of(path) or (path.partition("/")[0] in RENDERINGS and "/" in path)):
        raise CrateError(
            f"{path!a} does not belong in a crate: ragone export writes no such file. Nothing was written."
        )
    return path


def digest_of(data: bytes) -> str:
    """SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def root_of(digests: Mapping[str, str]) -> str:
    """Return the root over a payload: of the Merkle tree over the lines of its manifest, see docs/EXCHANGE.md."""
    return merkle_root(line.removesuffix("\n") for line in _lines(digests))


def tag_files(digests: Mapping[str, str], size: int, card: Card) -> dict[str, bytes]:
    """Return the files of a bag around its payload, the one that covers the others last.

    Parameters
    ----------
    digests
        SHA-256 in hex of every file of the payload, by its path in the bag.
    size
        Bytes of all of them.
    card
        What the crate says of itself.
    """
    info = {
        "Bag-Software-Agent": f"Ragone {card.ragone}",
        "Bagging-Date": card.made,
        "External-Identifier": card.root_id,
        "Payload-Oxum": f"{size}.{len(digests)}",
        "Ragone-Crate-Format": str(FORMAT_VERSION),
        "Ragone-Root": root_of(digests),
    }
    files = {
        DECLARATION: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        INFO: "".join(f"{name}: {value}\n" for name, value in info.items()).encode(),
        MANIFEST: "".join(_lines(digests)).encode(),
    }
    return files | {TAG_MANIFEST: "".join(_lines({name: digest_of(data) for name, data in files.items()})).encode()}


def listed(manifest: bytes) -> dict[str, str]:
    """Return the SHA-256 that a manifest states, by path; of lines that it cannot have, none."""
    pairs = (line.partition("  ")[::2] for line in manifest.decode("utf-8", "replace").splitlines())
    return {path: digest for digest, path in pairs if is_digest(digest)}


def _lines(digests: Mapping[str, str]) -> Iterable[str]:
    return [f"{digests[path]}  {path}\n" for path in sorted(digests)]
