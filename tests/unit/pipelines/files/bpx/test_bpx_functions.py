"""Formulas, tables, capacity and limits of BPX files: what is made of them, and what is refused by its path."""

from __future__ import annotations

import json
import os
import tempfile

import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.files.bpx import BpxError, checked_bpx, read_bpx
from ragone.pipelines.files.bpx.format import load_bpx
from ragone.pipelines.files.bpx.functions import section_kinds
from tests.bpx_documents import POSITIVE_OCP, invented_cell, tabulated

STATED = ("Initial temperature [K]", "Initial electrolyte concentration [mol.m-3]", "Initial state-of-charge")
ENTROPIC = "Entropic change coefficient [V.K-1]"


def cell_of(document):
    """The document's own cell."""
    content = checked_bpx(document)
    return reference_cell(parameter_set=content.title, parameters=content.document)


def refused(document):
    """The message with which a document is refused."""
    with pytest.raises(BpxError) as refusal:
        checked_bpx(document)
    return str(refusal.value)


def test_the_files_capacity_defines_1c():
    """The record has it, and a discharge at 1C runs at that current, whatever the electrodes could deliver."""
    cell = cell_of(invented_cell(Cell={"Nominal cell capacity [A.h]": 5.0}))
    assert cell.nominal_capacity_ampere_hour == 5.0
    cycled = cycle_cell(cell, protocol=["Discharge at 1C for 1 minute"], initial_state_of_charge=1.0, mesh_points=5)
    assert cycled.current_ampere[1:-1] == pytest.approx(-5.0)


@pytest.mark.parametrize("thermal", ["isothermal", "lumped"])
def test_a_cell_of_tables_cycles(thermal):
    """Potentials and entropic changes may be tables: heat of mixing needs their slope, and has it."""
    table = tabulated(lambda x: 4.35 - 1.1 * x, 0.3, 1.0, 8)
    cell = cell_of(invented_cell(Positive_electrode={"OCP [V]": table}))
    cycled = cycle_cell(
        cell, protocol=["Discharge at 1C for 1 minute"], initial_state_of_charge=1.0, thermal=thermal, mesh_points=5
    )
    assert str(cycled.outcome) == "all steps done"
    mixing = cycled.variables[list(cycled.variable_names).index("Heat of mixing [W]")]
    assert mixing[-1] > 0


def test_neither_library_is_given_a_formula(monkeypatch, tmp_path):
    """Nothing is parsed or compiled by them, and no temporary file is left."""

    def fail(*_):
        raise AssertionError("a formula reached the library")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(load_bpx().ExpressionParser, "parse_string", fail)
    monkeypatch.setattr(load_bpx().Function, "to_python_function", fail)
    document = invented_cell(User_defined={"mine": "1 + x", "several": {"one": "2 * x"}})
    cell = cell_of(document | {"Header": document["Header"] | {"Title": "unseen"}})
    assert cell.parameters["Parameterisation"]["User-defined"]["several"] == {"one": "2 * x"}
    assert cell.parameters["Parameterisation"]["Positive electrode"]["OCP [V]"] == POSITIVE_OCP
    assert os.listdir(tmp_path) == []


def test_full_charge_is_where_pybamm_begins():
    """Between the stoichiometric limits, unless the file states an initial charge or the cut-offs are narrower."""
    own = ("Parameterisation", "User-defined", "Open-circuit voltage at 100% SOC [V]")

    def full(document):
        found = checked_bpx(document).document
        for name in own:
            found = found[name]
        return found

    document = invented_cell()
    assert full(document) == pytest.approx(3.93423 - 0.03751, abs=1e-4)  # of the two formulas at 0.42 and 0.85
    stated = document | {"State": {"Initial conditions": {"Initial state-of-charge": 1.0}}}
    assert full(stated) == 4.1
    assert full(invented_cell(Cell={"Upper voltage cut-off [V]": 3.5})) == 3.5


def test_a_state_that_is_null_is_not_given():
    """The format allows it; what PyBaMM would assume is written down."""
    document = invented_cell() | {"State": {"Initial conditions": dict.fromkeys(STATED)}}
    content = checked_bpx(document).document
    assert content["State"]["Initial conditions"]["Initial temperature [K]"] == 298.15
    assert checked_bpx(invented_cell() | {"State": {"Thermal environment": None}}).document == content


def test_a_remark_of_the_user_is_no_number():
    """The format's own text field among the user's parameters."""
    assert cell_of(invented_cell(User_defined={"description": "made for a test"})).nominal_capacity_ampere_hour == 6.0


def test_a_document_out_of_a_record_is_checked_again():
    """It may be a stranger's: what no reader of files has seen is refused all the same."""
    document = invented_cell(Positive_electrode={"OCP [V]": "9**9**9**9"})
    with pytest.raises(BpxError, match=r"Positive electrode > OCP \[V\] = \"9\*\*9"):
        reference_cell(parameter_set="handed", parameters=document)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Positive_electrode": {"OCP [V]": "9**9**9**9"}}, 'Positive electrode > OCP [V] = "9**9**9**9"'),
        ({"Positive_electrode": {"OCP [V]": "4.0"}}, 'OCP [V] = "4.0": a function of x as text, or a table'),
        ({"Positive_electrode": {"OCP [V]": "4 - exp(exp(9 * x))"}}, "is no number at x = "),
        ({"Positive_electrode": {"Diffusivity [m2.s-1]": "x - 0.5"}}, "is -0.08 at x = 0.42: a positive number"),
        ({"Positive_electrode": {ENTROPIC: "(x - 0.6) ** 0.5"}}, f'{ENTROPIC} = "(x - 0.6) ** 0.5" is no number'),
        ({"Electrolyte": {"Conductivity [S.m-1]": "(x - 150) ** 0.5"}}, "is no number at x = 100"),
        ({"Negative_electrode": {"Diffusivity [m2.s-1]": {"x": [0, 1], "y": [1e-14, -1e-14]}}}, "a positive number"),
        ({"Negative_electrode": {"OCP [V]": {"x": [*range(30000)], "y": [1] * 30000}}}, "30,000 rows; 20,000 are read"),
        ({"User_defined": {f"f{n}": "x" for n in range(20000)}}, "User-defined has 20,000 formulas; 100 are read"),
        ({"User_defined": {"a": {"b": "exp("}}}, 'User-defined > a > b = "exp("'),
        ({"User_defined": {"Negative electrode lithiation OCP [V]": "x"}}, "hysteresis cannot be used"),
        ({"User_defined": {"Positive electrode OCP [V]": "x"}}, "would replace what a section gives"),
        ({"User_defined": {"Positive particle radius [m]": 1}}, "would replace what a section gives"),
    ],
)
def test_functions_that_cannot_be_used_are_refused_by_their_path(changes, said):
    """With what they are where they are wrong, and what was expected there."""
    assert said in refused(invented_cell(**changes))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "nested more than 64 deep"),
        (b"[" + b"[]," * 2_000_000 + b"1]", "some 4,000,001 values, of 1,000,000 at most"),
        (b'{"Header": {}, "Header": {}}', "the key 'Header' stands twice"),
        (b'{"Header": {"BPX": "1.1.0", "Title": "\\ud800"}}', "holds half a character"),
        (b'{"Header": {"BPX": "1.1.0", "x": 1e999}}', "Header > x = Infinity: a finite number"),
        (b'{"Header": {"BPX": "1.1.0", "x": 1' + b"0" * 5000 + b"}}", "Header > x = Infinity: a finite number"),
        (b" " * (17 * 2**20), "17,825,792 bytes; a BPX file has at most 16,777,216"),
    ],
    ids=["deep", "many", "twice", "half", "infinite", "long", "large"],
)
def test_files_beyond_the_limits_are_refused(tmp_path, content, said):
    """Before, or as, they are decoded; the limit is told."""
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BpxError) as refusal:
        read_bpx(tmp_path / "file")
    assert said in str(refusal.value)


def test_a_pipe_is_refused_at_once(tmp_path):
    """Nobody writes to it."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BpxError, match="is a named pipe, not a regular file"):
        read_bpx(tmp_path / "pipe")


def test_the_invented_cell_is_of_the_format():
    """The library accepts each section of it as it stands."""
    document = json.loads(json.dumps(invented_cell()))
    for name, section in document["Parameterisation"].items():
        section_kinds()[name].model_validate(section)
