"""The phase map as text."""

from __future__ import annotations

import pytest

from pipelines.imaging import parse_phases
from pipelines.imaging.errors import PhaseMapError


def test_pairs_are_read_with_spaces_ignored() -> None:
    """Labels and names may be spaced."""
    found = parse_phases("0=pore, 85 = active_material,170=carbon_binder")
    assert found == {"pore": 0, "active_material": 85, "carbon_binder": 170}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not 'label=phase'"),
        ("pore=0", "is not 'label=phase'"),
        ("0=pore,", "is not 'label=phase'"),
        ("0", "is not 'label=phase'"),
        ("0.5=pore", "is not 'label=phase'"),
        ("-1=pore", "is not 'label=phase'"),
        ("²=pore", "is not 'label=phase'"),
        ("256=pore", "outside"),
        ("0=pores", "did you mean 'pore'"),
        ("0=xyz", "known are: active_material"),
        ("0=pore,1=pore", "two labels"),
        ("0=pore,0=active_material", "share a label"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(text: str, said: str) -> None:
    """Each mistake has its own message."""
    with pytest.raises(PhaseMapError, match=said):
        parse_phases(text)
