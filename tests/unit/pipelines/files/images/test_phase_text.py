"""The phase map as text."""

from __future__ import annotations

import pytest

from ragone.pipelines.files.images import parse_labels, parse_phases
from ragone.pipelines.files.images.errors import PhaseMapError


def test_pairs_are_read_with_spaces_ignored() -> None:
    """Labels and names may be spaced."""
    found = parse_phases("0=pore, 85 = active_material,170=carbon_binder")
    assert found == {"pore": (range(1),), "active_material": (range(85, 86),), "carbon_binder": (range(170, 171),)}


def test_a_phase_may_have_several_labels_and_spans() -> None:
    """Both ends of a span belong to it; labels may be negative or beyond a byte."""
    found = parse_phases("-1=pore,0..127=active_material,65535=pore")
    assert found == {"pore": (range(-1, 0), range(65535, 65536)), "active_material": (range(128),)}
    assert parse_labels("3, 250..255") == (range(3, 4), range(250, 256))


@pytest.mark.parametrize("text", ["", "pore", "3;4", "2..1"])
def test_labels_outside_are_labels(text: str) -> None:
    """What is no label is refused with an example."""
    with pytest.raises(PhaseMapError, match="are no labels"):
        parse_labels(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not 'label=phase'"),
        ("pore=0", "is not 'label=phase'"),
        ("0=pore,", "is not 'label=phase'"),
        ("0", "is not 'label=phase'"),
        ("0.5=pore", "is not 'label=phase'"),
        ("5..1=pore", "is not 'label=phase'"),
        ("1...5=pore", "is not 'label=phase'"),
        ("1..=pore", "is not 'label=phase'"),
        ("9" * 30 + "=pore", "is not 'label=phase'"),
        ("²=pore", "is not 'label=phase'"),
        ("0=pores", "did you mean 'pore'"),
        ("0=xyz", "known are: active_material"),
        ("0=pore,0=active_material", "share a label, 0"),
        ("0..5=pore,5=active_material", "share a label, 5"),
        ("0..9=pore,3=pore", "share a label, 3"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(text: str, said: str) -> None:
    """Each mistake has its own message."""
    with pytest.raises(PhaseMapError, match=said):
        parse_phases(text)
