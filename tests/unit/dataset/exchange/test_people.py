"""People by name and ORCID."""

from __future__ import annotations

import pytest

from ragone.dataset.exchange.people import Person, PersonError, people_of, read_person
from ragone.dataset.exchange.selection import select

ADA = "Ada Lovelace <0000-0002-1825-0097>"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (ADA, Person("Ada Lovelace", "0000-0002-1825-0097")),
        ("Ada Lovelace <https://orcid.org/0000-0002-1825-0097>", Person("Ada Lovelace", "0000-0002-1825-0097")),
        ("Laszlo Kiss < 0000-0002-1694-233x >", Person("Laszlo Kiss", "0000-0002-1694-233X")),
        ("Lovelace, Ada", Person("Lovelace, Ada")),
    ],
)
def test_names_and_orcids_are_read(text, person):
    """An ORCID may be an address, end in x, or be left out."""
    assert read_person(text) == person


def test_parts_of_a_name():
    """The family name is the last word, or what stands before a comma."""
    for name in ("Ada King Lovelace", "Lovelace, Ada King"):
        assert (Person(name).given_name, Person(name).family_name) == ("Ada King", "Lovelace")
    assert read_person(ADA).iri == "https://orcid.org/0000-0002-1825-0097"
    assert Person("Ada").iri == ""


@pytest.mark.parametrize("place", [0, 3, 8, 15])
def test_a_typo_in_an_orcid_is_found(place):
    """Any one digit that is changed fails the check character."""
    digits = list("0000000218250097")
    for wrong in set("0123456789") - {digits[place]}:
        changed = "".join([*digits[:place], wrong, *digits[place + 1 :]])
        grouped = "-".join(changed[i : i + 4] for i in range(0, 16, 4))
        with pytest.raises(PersonError, match="typo"):
            read_person(f"Ada <{grouped}>")


@pytest.mark.parametrize("text", ["", "<0000-0002-1825-0097>", "Ada <0000>", "Ada <>", "Ada <a> <b>"])
def test_what_is_nobody_is_refused(text):
    """A name is needed, and an ORCID has four groups of four."""
    with pytest.raises(PersonError):
        read_person(text)


def test_people_are_read_from_notes(lake, design):
    """Whoever a run's note names with a valid ORCID is one of the people; a typo or a mere name is not."""
    lake.put(design(), note=f"measured by {ADA}; Bob <0000-0002-1825-0098>, Carl")
    name = lake.sql("SELECT id FROM designs").item()
    assert people_of(select(lake, name)) == (Person("measured by Ada Lovelace", "0000-0002-1825-0097"),)
