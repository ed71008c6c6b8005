"""Whatever a stranger's file holds: it is read, or refused as one of our own errors. A reader that hangs hangs here."""

from __future__ import annotations

import copy
import json
import struct
from contextlib import suppress
from pathlib import Path

import pytest
import torch
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ragone.flows import Study
from ragone.flows.parameter_files.plain_yaml import decode_yaml
from ragone.models.generator.errors import WeightsError
from ragone.models.generator.weights import from_bytes, to_bytes
from ragone.pipelines.cell.engine import parameter_values
from ragone.pipelines.files.bpx import checked_bpx
from ragone.pipelines.files.bpx.formula import FormulaError, read_formula
from ragone.schemas.errors import RagoneError
from ragone.schemas.json_text import JsonError, decode_json
from tests.bpx_documents import invented_cell

many = settings(max_examples=200, deadline=None)

numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -(10**30), 2**63, 1e308, -0.0, 5e-324, float("nan"), float("inf")]),
)
formulas = st.text(st.sampled_from("x0123456789.eE+-*/() _,exptanhcosh\n\0"), max_size=60)
bombs = st.sampled_from(["9**9**9**9", "x" * 9999, "(" * 400 + "x" + ")" * 400, "+".join(["x"] * 900), "-" * 900 + "x"])
tables = st.fixed_dictionaries({"x": st.lists(numbers, max_size=4), "y": st.lists(numbers, max_size=4)})
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=9), formulas, bombs, tables),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)),
    max_leaves=6,
)


def told(refusal):
    """A refusal is a message of one line that fits a page."""
    message = str(refusal)
    assert message
    assert len(message) < 2000
    assert "\n" not in message


def places(document, path=()):
    """The paths of all fields of a document."""
    found = [path] if path else []
    for name, value in document.items() if isinstance(document, dict) else ():
        found += places(value, (*path, name))
    return found


def replaced(document, path, value):
    """A copy with the value at a path replaced."""
    copied = copy.deepcopy(document)
    place = copied
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return copied


CELL = invented_cell(User_defined={"mine": "1 + x", "table": {"x": [0, 1], "y": [1, 2]}})
CELL["State"] = {"Initial conditions": {"Initial temperature [K]": 300.0}, "Thermal environment": {}}


@many
@given(st.sampled_from(places(CELL)), values)
def test_a_bpx_document_with_any_value_anywhere(path, value):
    """Read and built into PyBaMM's values, or refused."""
    try:
        content = checked_bpx(replaced(CELL, path, value))
        parameter_values(content.title, content.document)
    except RagoneError as refusal:
        told(refusal)


@many
@given(st.sampled_from(places(CELL)), st.text(max_size=12), values)
@example(("Header", "Title"), "\n", False)
def test_a_bpx_document_with_any_field_added(path, name, value):
    """Read, or refused."""
    holder = replaced(CELL, path, {name: value})
    try:
        checked_bpx(holder)
    except RagoneError as refusal:
        told(refusal)


@settings(max_examples=500, deadline=None)
@given(st.one_of(formulas, st.text(), bombs))
@example("x" + "**x" * 3000)
@example("((x)" * 5000)
@example("exp" * 5000)
def test_a_formula_of_any_text(text):
    """Read, or refused with a reason that fits a message."""
    try:
        read_formula(text)
    except FormulaError as refusal:
        told(refusal)


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(st.sampled_from('{}[]",:0123456789.eE+-\\u d8ntrufalse'), max_size=200).map(str.encode),
        st.tuples(st.sampled_from([b"[", b'{"a":', b"[[],"]), st.integers(1, 3000)).map(lambda b: b[0] * b[1]),
        st.integers(1, 6000).map(lambda digits: b"9" * digits),
    )
)
def test_a_json_text_of_any_bytes(content):
    """A document of finite numbers, or refused."""
    try:
        document = decode_json(content)
    except JsonError:
        return
    json.dumps(document, allow_nan=False).encode()


signs = [*"a:{}[],#~=\0\x85\ud800\t'\"\n", " ", "  ", "study", "- ", "? ", "&a ", "*a", "<<: ", "|\n", ">\n", "---\n"]
tags = ["!!", "!!binary ", "!!set ", "!!int ", "!!bool ", "!!map ", "!!timestamp ", "!!python/name:os.system ", "%TAG"]
scalars = ["1:" * 30, "0x" + "f" * 90, "9" * 5000, "1e999", ".nan", "2001-99-99"]
pieces = st.sampled_from([*signs, *tags, *scalars])


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=30).map("".join))
@example("[" * 60000)
@example("{a: " * 9000)
@example("- " * 9000)
@example("? " * 9000)
@example("&a [*a]")
@example("<<: &a {<<: *a}")
@example("a: " + "x" * 70000)
@example("\n".join(["a0: &a0 {x: 1}", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]))
@example("\n".join(["a0: &a0 {x: 1}", *(f"a{n}: &a{n} {{<<: [{f'*a{n - 1}, ' * 9}]}}" for n in range(1, 9))]))
@example("\n".join(["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 900))]))
@example("a: " + "1:" * 40 + "1.5")
@example("? [a]\n: 1")
def test_a_yaml_text_of_any_pieces(text):
    """A value, or an error that the reader of files turns into its own; a study is read of it, or refused."""
    try:
        content = decode_yaml(text)
    except (RagoneError, yaml.YAMLError):
        return
    with pytest.raises(RagoneError):
        Study.read(content)


STUDY = decode_yaml((Path(__file__).parents[2] / "params.yaml").read_text(encoding="utf-8"))
STUDY["study"] |= {
    "recipe": {"particle_shape": "plate"},
    "cell": {"form_factor": "4680"},
    "materials": {"carbon_binder_nanoporosity": 0.1},
    "constraints": [{"kpi": "mean_voltage", "at_least": "3 V", "from": "discharge"}],
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(places(STUDY)), values)
def test_a_study_with_any_value_anywhere(path, value):
    """Read and defined, or refused."""
    with suppress(RagoneError):
        Study.read(replaced(STUDY, path, value)).definition()


names = st.sampled_from(
    ["low", "choices", "value", "stage", "after", "from", "kpi", "settings", "generator", "bpx", "space"]
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(places(STUDY)), st.one_of(names, st.text(max_size=12)), values)
@example(("study", "space"), "cell.parameters", {"choices": [{}]})
@example(("study", "steps", "discharge"), "after", "discharge")
@example(("study", "steps"), "", "homogenise")
def test_a_study_with_any_key_added(path, name, value):
    """Read and defined, or refused."""
    holder = STUDY
    for part in path:
        holder = holder[part]
    if not isinstance(holder, dict):
        return
    with suppress(RagoneError):
        Study.read(replaced(STUDY, (*path, name), value)).definition()


WEIGHTS = to_bytes({"a": torch.zeros(2, 3), "b": torch.zeros(4)}, "any", {"width": 8})
HEADER = json.loads(WEIGHTS[8 : 8 + struct.unpack("<Q", WEIGHTS[:8])[0]])


@many
@given(st.sampled_from([*places(HEADER), ("__metadata__",), ("c",)]), values)
@example(("a", "shape"), [-2, -3])
@example(("a", "shape"), [2**62, 4])
@example(("a", "data_offsets"), [0, 2**63])
@example(("a", "data_offsets"), [8, 24])
@example(("b", "dtype"), "I64")
@example(("__metadata__", "ragone"), '{"architecture": "any", "format_version": 4}')
def test_weights_with_any_value_in_their_header(path, value):
    """Read, or refused before a tensor is made."""
    header = json.dumps(replaced(HEADER, path, value)).encode()
    body = WEIGHTS[-40:]
    try:
        from_bytes(struct.pack("<Q", len(header)) + header + body, "any")
    except WeightsError as refusal:
        told(refusal)


@many
@given(st.integers(0, len(WEIGHTS) - 1), st.binary(max_size=9), st.integers(0, 40))
@example(0, b"\xff" * 8, 0)
@example(0, b"\0" * 8, 0)
def test_weights_with_any_bytes_anywhere(place, changed, cut):
    """Read, or refused."""
    content = WEIGHTS[:place] + changed + WEIGHTS[place + len(changed) : len(WEIGHTS) - cut]
    try:
        from_bytes(content, "any")
    except WeightsError as refusal:
        told(refusal)
