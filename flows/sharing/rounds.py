"""A sum of several owners: each writes its sums under masks, and whoever has all files adds them up.

The noise is shared out: against an outsider, or one curious owner among the others, the sum is as private as stated.
Owners who collude can take their own noise away; how private it is then is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785

from ragone.flows.sharing.ledger import Ledger
from ragone.flows.sharing.owner_key import owner_key
from ragone.flows.sharing.receiving import read_document
from ragone.models.sharing.described import require_label
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.masks import mask_key_of, unmasked_sum
from ragone.models.sharing.moments import Layout, checked_numbers
from ragone.models.sharing.receiving import noise_of
from ragone.models.sharing.signed_document import fingerprint_of, public_key_of, signed
from ragone.schemas import ShareForm

KEY_FORM = "key"
AGREED = ("round", "sum_of", "target", "unit", "definition", "licence", "layout", "privacy", "owners")


@dataclass(frozen=True)
class Round:
    """A named sum, and the other owners: name, fingerprint and public key for masks of each."""

    name: str
    others: tuple[tuple[str, str, str], ...]

    @property
    def mask_keys(self) -> list[str]:
        """Public keys for masks of the other owners."""
        return [key for _, _, key in self.others]

    def owners(self, own_fingerprint: str) -> list[str]:
        """Fingerprints of all owners, in order."""
        return sorted([own_fingerprint, *(fingerprint for _, fingerprint, _ in self.others)])

    def noise(self, variance: int) -> int:
        """The variance of each owner's noise: without any one owner's, enough is left."""
        return -(-variance // len(self.others))


def key_document(owner: str, key_path: Path) -> dict[str, Any]:
    """The signed file by which an owner takes part in sums."""
    key = owner_key(key_path)
    made = datetime.now(UTC).replace(microsecond=0).isoformat()
    return signed({"form": KEY_FORM, "owner": owner, "made": made, "mask_key": mask_key_of(key)}, key)


def read_round(ledger: Ledger, name: str, files: Sequence[Path]) -> Round:
    """Read the key files of the other owners.

    Raises
    ------
    ShareError
        If a file is none of these, or something was sent in a round of that name before.
    """
    if not name.strip():
        raise ShareError("a sum needs a name on which all owners agree. Give it by --round.")
    ledger.require_new_round(name)
    return Round(name, tuple(_other(path) for path in files))


def label_of(agreed: Mapping[str, Any]) -> bytes:
    """The label of masks, which holds all that the owners must agree on."""
    return hashlib.sha256(rfc8785.dumps({name: agreed[name] for name in AGREED})).digest()


def add_up(files: Sequence[Path], key_path: Path) -> dict[str, Any]:
    """Add the masked files of all owners; the sum is signed by the owner who adds.

    Raises
    ------
    ShareError
        If a file is changed or of another round, one is missing or stands twice, or the key is of no owner.
    """
    documents = [read_document(path) for path in files]
    wrong = next(
        (path for path, one in zip(files, documents, strict=True) if one.get("form") != ShareForm.MASKED), None
    )
    if wrong is not None or not documents:
        raise ShareError(f"{wrong or 'no file'} is not masked. Give the files of all owners of one round.")
    first, key = documents[0], owner_key(key_path)
    for name in AGREED:
        if any(one.get(name) != first.get(name) or name not in one for one in documents):
            raise ShareError(f"the files do not agree on {name}: they cannot be added. Let all owners export anew.")
    present = sorted(fingerprint_of(one["public_key"]) for one in documents)
    owners = first["owners"] if isinstance(first["owners"], list) else []
    if present != owners:
        raise ShareError(f"these are not the files of all {len(owners)} owners, one of each. Give them all.")
    own = next((one for one in documents if one["public_key"] == public_key_of(key)), None)
    if own is None:
        raise ShareError("your key is of none of these owners. One of them adds up, and signs the sum.")
    layout = Layout.read(first["layout"])
    numbers = unmasked_sum([checked_numbers(one.get("numbers"), layout) for one in documents])
    privacy = {**first["privacy"], "variance": int(noise_of(first)) * len(documents)}
    kept = {name: first[name] for name in ("target", "unit", "definition", "licence", "layout", "round", "owners")}
    head = {"form": first["sum_of"], "owner": own["owner"], "made": own["made"]}
    return signed({**head, **kept, "privacy": privacy, "numbers": numbers}, key)


def _other(path: Path) -> tuple[str, str, str]:
    document = read_document(path)
    owner, mask_key = document.get("owner"), document.get("mask_key")
    if document.get("form") != KEY_FORM or not isinstance(owner, str) or not isinstance(mask_key, str):
        raise ShareError(f"{path} is no key of an owner. Ask for the file that `ragone share key --output` wrote.")
    require_label(owner, "the name of an owner")
    return owner, fingerprint_of(document["public_key"]), mask_key
