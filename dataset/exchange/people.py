"""Who made it? People by name and ORCID, as somebody typed them or as the notes of runs have them.

An ORCID ends in a check character (ISO 7064, mod 11-2): a typing error in any one character is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ragone.dataset.errors import LakeError
from ragone.dataset.exchange.selection import Selection

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_PERSON = re.compile(r"\s*([^<>]*?)\s*(?:<\s*([^<>]*?)\s*>)?\s*")
_NOTED = re.compile(r"([^<>;,\n]*)<\s*((?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dXx])\s*>")


class PersonError(LakeError, ValueError):
    """A person without a name, or with an ORCID that is none."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's name, as it is to be printed, and ORCID, without the address in front; empty if unknown."""

    name: str
    orcid: str = ""

    @property
    def iri(self) -> str:
        """The address of the ORCID; empty if there is none."""
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""

    @property
    def given_name(self) -> str:
        """The part of the name before the family name."""
        return self.name.rpartition(" ")[0] if "," not in self.name else self.name.partition(",")[2].strip()

    @property
    def family_name(self) -> str:
        """The last word of the name, or what stands before its comma."""
        return self.name.rpartition(" ")[2] if "," not in self.name else self.name.partition(",")[0].strip()


def read_person(text: str) -> Person:
    """Read ``Ada Lovelace <0000-0002-1825-0097>``; the ORCID may be left out, or be an address.

    Raises
    ------
    PersonError
        If there is no name, or the ORCID is malformed or fails its check character.
    """
    found = _PERSON.fullmatch(text)
    if found is None or not found[1]:
        raise PersonError(f"{text!r} names nobody. Write a name and an ORCID, as 'Ada Lovelace <0000-0002-1825-0097>'.")
    return Person(found[1], checked_orcid(found[2]) if found[2] is not None else "")


def checked_orcid(text: str) -> str:
    """Return an ORCID as four groups of four characters, after its check character was verified; raises PersonError."""
    found = _ORCID.fullmatch(text)
    if found is None:
        raise PersonError(f"{text!r} is no ORCID. It has 16 digits in groups of four, as 0000-0002-1825-0097.")
    orcid = found[1].upper()
    expected = _check_character(orcid)
    if orcid[-1] != expected:
        raise PersonError(f"ORCID {orcid} ends in {orcid[-1]} where its digits ask for {expected}. Look for a typo.")
    return orcid


def people_of(selection: Selection) -> tuple[Person, ...]:
    """Return the people that the notes of a selection's runs name with a valid ORCID, first mentioned first."""
    return tuple(dict.fromkeys(_noted(run.note for _, run in selection.runs)))


def _noted(notes: Iterable[str]) -> Iterable[Person]:
    for note in notes:
        for name, orcid in _NOTED.findall(note):
            try:
                yield Person(name.strip().removeprefix("by ") or orcid, checked_orcid(orcid))
            except PersonError:  # somebody's typo in a note is not worth a crate
                continue


def _check_character(orcid: str) -> str:
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)
