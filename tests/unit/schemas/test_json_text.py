"""JSON of strangers: what is read, and what is refused with the limit that it passes."""

from __future__ import annotations

import pytest

from ragone.schemas.errors import FieldTypeError
from ragone.schemas.json_text import JsonError, decode_json


def test_plain_documents_are_read():
    """Whole numbers that a float holds exactly stay whole, longer ones are floats; a byte-order mark is no mistake."""
    assert decode_json(b'\xef\xbb\xbf{"a": [1, 2.5, null, true, "\xc3\xa4"]}') == {"a": [1, 2.5, None, True, "ä"]}
    whole, long = decode_json(b"[123456789012345, 1234567890123456789]")
    assert isinstance(whole, int)
    assert isinstance(long, float)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 66 + b"]" * 66, "nested more than 64 deep"),
        (b"[" * 100_000, "nested more than 64 deep"),
        (b'{"a": 1, "b": 2, "a": 3}', "the key 'a' stands twice"),
        (b"[NaN]", "it holds nan"),
        (b"[1e999]", "it holds inf"),
        (b"[" + b"9" * 10_000 + b"]", "it holds inf"),
        (b'["\\udc80"]', "half a character"),
        (b'{"\\udc80": 1}', "half a character"),
        (b"\xff\xfe", "can't decode"),
        (b"{", "Expecting property name"),
        (b"", "Expecting value"),
    ],
    ids=lambda value: str(value[:16]),
)
def test_what_is_refused(content, said):
    """One class of error, with a reason that fits a message."""
    with pytest.raises(JsonError, match=said) as refusal:
        decode_json(content)
    assert len(str(refusal.value)) < 300


def test_values_are_counted_before_they_are_decoded():
    """Ten million empty lists would take a gigabyte."""
    with pytest.raises(JsonError, match="some 7 values, of 5 at most"):
        decode_json(b"[1,2,3,[],{}]", most_values=5)
    assert decode_json(b"[1,2,3,[],{}]", most_values=7) == [1, 2, 3, [], {}]


def test_numbers_that_are_not_finite_may_be_left_to_the_caller():
    """Who can name their place."""
    assert decode_json(b"[1e999]", finite=False) == [float("inf")]


def test_a_record_refuses_a_document_too_deep_to_write(example):
    """As it refuses one that is no JSON."""
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    cell = example("cell_parameters")
    with pytest.raises(FieldTypeError, match="is not a plain JSON document"):
        type(cell).build({**{name: getattr(cell, name) for name in cell.fields()}, "parameters": {"a": deep}})
