"""Formulas of x: read as Python would read them, or refused with the reason; never compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragone.pipelines.files.bpx.formula import DEEPEST, FUNCTIONS, FormulaError, read_formula

MATH = {name: getattr(math, name) for name in FUNCTIONS}

atoms = st.sampled_from(["x", "2", "3.5", "1e-1", ".5", "1.E+1", "0.25"])
formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", " - "]), inner).map("".join),
        st.tuples(st.sampled_from(["-", "+", "- "]), inner).map("".join),
        st.tuples(st.sampled_from(["", *FUNCTIONS]), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
    ),
    max_leaves=12,
)


@given(formulas, st.floats(0.1, 1.0))
def test_a_formula_means_what_it_means_in_python(text, x):
    """Precedence, signs and powers of powers; where Python has a real number, it is the same one."""
    try:
        wanted = eval(text.lstrip(), {"__builtins__": {}, "x": x, **MATH})  # noqa: S307 - of texts made above
        ours = read_formula(text).of(x, MATH)
    except (ArithmeticError, FormulaError):
        return  # beyond floats, in a constant part or at this x
    if isinstance(wanted, complex):
        return
    assert ours == wanted or ours == pytest.approx(wanted, rel=1e-9)


def test_values_are_those_of_arrays():
    """One value for each x; a constant counts for all; where there is none, it is not finite."""
    x = np.array([0.0, 0.5, 1.0])
    assert read_formula("1 + 2 * x").at(x).tolist() == [1.0, 2.0, 3.0]
    assert read_formula("cosh(0) * 4").at(x).tolist() == [4.0, 4.0, 4.0]
    assert np.isfinite(read_formula("1 / x").at(x)).tolist() == [False, True, True]
    assert np.isfinite(read_formula("(x - 0.7) ** 0.5").at(x)).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a value is missing at its end"),
        (" \t", "a value is missing at its end"),
        ("9**9**9**9", "a constant part is no finite number, at '[*][*]'"),
        ("x + 1e999", "a constant part is no finite number, at '1e999'"),
        ("1 / 0 * x", "a constant part is no finite number, at '/'"),
        ("(-1) ** 0.5 + x", "a constant part is no finite number"),
        ("exp(1000) * x", "a constant part is no finite number, at 'exp'"),
        ("+".join(["x"] * 9000), "more than 2,000 numbers, names and signs"),
        ("+".join(["x"] * 20000), "39,999 characters, of 20,000"),
        ("+".join(["x"] * 200), f"more than {DEEPEST} levels"),
        ("(" * 500 + "x" + ")" * 500, "nested more than 100 deep"),
        ("-" * 900 + "x", "nested more than 100 deep"),
        ("x**" * 900 + "x", "nested more than 100 deep"),
        ("exp(" * 150 + "x", "nested more than 100 deep"),
        ("x" * 15000, "'x{40}' is not known"),
        ("__import__('os')", "is not understood|'__import__' is not known"),
        ("exp(x).__class__", "'.__class__' is not understood"),
        ("x if x else 1", "an operator is missing before 'if'"),
        ("lambda: 1", "':' is not understood|'lambda'|is not understood"),
        ("x\n+ 1", "is not understood"),
        ("x # comment", "'# comment' is not understood"),
        ("ｅｘｐ(x)", "is not understood"),
        ("exp", "an opening parenthesis is missing after 'exp'"),
        ("exp(x", "a closing parenthesis is missing at its end"),
        ("exp(x, 1)", "', 1.*' is not understood"),
        ("x)", "an operator is missing before '[)]'"),
        ("()", "a value is missing before '[)]'"),
        ("2 x", "an operator is missing before 'x'"),
        ("1_000 * x", "an operator is missing before '_000'"),
        ("0x10 * x", "an operator is missing before 'x10'"),
        ("x // 2", "a value is missing before '/'"),
        ("log(x)", "'log' is not known"),
        ("nan + x", "'nan' is not known"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_formula_is_refused_with_the_reason(text, said):
    """Whatever it is, and however long: a FormulaError."""
    with pytest.raises(FormulaError, match=said):
        read_formula(text)


def test_a_long_formula_is_within_the_limits():
    """Of 40 terms, as fits to measured potentials are."""
    text = " + ".join(f"{0.01 * n:g} * tanh({n} * (x - 0.{n:02}))" for n in range(1, 41))
    assert np.isfinite(read_formula(text).at(np.linspace(0, 1, 11))).all()
