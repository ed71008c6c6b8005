"""Is an owner who sends something the one who did so before? Names can be written by anybody, keys cannot."""

from __future__ import annotations

import unicodedata

from ragone.dataset import Lake
from ragone.dataset.exchange.people import Person, read_person
from ragone.models.sharing.errors import ShareError
from ragone.schemas import Share


def require_known_key(lake: Lake, share: Share) -> None:
    """Verify that an owner of that name, or ORCID, is known in a lake by no other key.

    Raises
    ------
    ShareError
        If what the lake holds of that owner was all signed by others.
    """
    person = read_person(share.owner)
    rows = lake.sql("SELECT DISTINCT owner, fingerprint FROM shares").rows()
    known = {fingerprint for owner, fingerprint in rows if _are_alike(read_person(owner), person)}
    if known and share.fingerprint not in known:
        raise ShareError(
            f"{share.owner} signed with the key {min(known)[:16]} so far, and this file is signed by "
            f"{share.fingerprint}: another may have written that name. If the owner gave you the new fingerprint by "
            "another way, add it with --expect."
        )


def _are_alike(one: Person, other: Person) -> bool:
    if one.orcid and other.orcid:
        return one.orcid == other.orcid
    return _folded(one.name) == _folded(other.name)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
