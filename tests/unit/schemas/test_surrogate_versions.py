"""Surrogates in their two versions: the first did not say what it predicts, nor from what."""

from __future__ import annotations

import pytest

from ragone.schemas import Surrogate
from ragone.schemas.errors import SchemaVersionError

PLAIN = {"architecture": "gaussian-process", "weights": b"\x00", "settings": {}, "trained_on": ()}


def test_one_of_the_first_version_is_read():
    """What it did not keep is empty; written again as it was, it is the same."""
    record = Surrogate(**PLAIN)
    older = record.to_arrow(1)
    assert "target" not in older.column_names
    read = Surrogate.from_arrow(older)
    assert (read.target, read.features, read.held_out, read.card) == ("", [], (), {})
    assert read.to_arrow() == record.to_arrow()


def test_what_the_first_version_cannot_say_is_not_written_in_it():
    """A seed means something; the first version means 0."""
    with pytest.raises(SchemaVersionError, match="seed"):
        Surrogate(**PLAIN, seed=3).to_arrow(1)
