"""What does a licence ask for? The duties of the licences that data and images come under, by SPDX identifier.

A licence is stricter than another if it asks for all that the other does, and more. Two licences exclude each other
where one demands that what is made be passed on under itself (share alike) and the other asks for something that this
one does not allow. What is not listed is unknown, and nothing is concluded of it. This is bookkeeping, no legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ADDRESS = "https://spdx.org/licenses/{}.html"


@dataclass(frozen=True, slots=True)
class Terms:
    """The duties under a licence of this SPDX identifier."""

    id: str
    attribution: bool = True
    share_alike: bool = False
    non_commercial: bool = False
    no_derivatives: bool = False

    @property
    def address(self) -> str:
        """The address of the licence's text."""
        return _ADDRESS.format(self.id)

    @property
    def duties(self) -> frozenset[str]:
        """The duties by name."""
        names = ("attribution", "share_alike", "non_commercial", "no_derivatives")
        return frozenset(name for name in names if getattr(self, name))


_LISTED = (
    *(Terms(name, attribution=False) for name in ("CC0-1.0", "PDDL-1.0", "Unlicense", "CC-PDDC", "0BSD")),
    *(Terms(name) for name in ("CC-BY-4.0", "CC-BY-3.0", "ODC-By-1.0", "etalab-2.0", "DL-DE-BY-2.0")),
    *(Terms(name) for name in ("MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0")),
    *(Terms(name, share_alike=True) for name in ("CC-BY-SA-4.0", "CC-BY-SA-3.0", "ODbL-1.0")),
    *(Terms(name, non_commercial=True) for name in ("CC-BY-NC-4.0", "CC-BY-NC-3.0")),
    *(Terms(name, share_alike=True, non_commercial=True) for name in ("CC-BY-NC-SA-4.0", "CC-BY-NC-SA-3.0")),
    *(Terms(name, no_derivatives=True) for name in ("CC-BY-ND-4.0", "CC-BY-ND-3.0")),
    *(Terms(name, non_commercial=True, no_derivatives=True) for name in ("CC-BY-NC-ND-4.0", "CC-BY-NC-ND-3.0")),
)
TERMS: Mapping[str, Terms] = {terms.id: terms for terms in _LISTED}  # from the most permissive to the strictest
_BY_SPELLING = {name.casefold(): terms for name, terms in TERMS.items()}


def terms_of(licence: str) -> Terms | None:
    """Return the terms of a licence by its SPDX identifier, in any case and with blanks for hyphens; else None."""
    return _BY_SPELLING.get("-".join(licence.casefold().split()))


def excludes(one: Terms, other: Terms) -> str:
    """Return why something made of works under both licences cannot be passed on; empty if it can."""
    for strict in (one, other):
        if strict.no_derivatives:
            return f"{strict.id} allows nothing made of it to be passed on"
    for alike, beside in ((one, other), (other, one)):
        if alike.share_alike and not _carries(alike, beside):
            return f"{alike.id} demands that what is made of it be under {alike.id}, which {beside.id} does not allow"
    return ""


def _carries(alike: Terms, other: Terms) -> bool:
    """Whether a work under the other may be part of one under the licence that demands itself."""
    return other.id == alike.id or (not other.share_alike and other.duties <= alike.duties)
