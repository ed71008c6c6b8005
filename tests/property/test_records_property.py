"""Whatever values a record may hold, it keeps them exactly."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ragone.schemas import KINDS, compare
from ragone.schemas.errors import RagoneError
from ragone.schemas.field import FieldSpec, specs_of
from ragone.schemas.units import parse_quantity

LEAVES = st.none() | st.booleans() | st.integers(-9999, 9999) | st.floats(-1e300, 1e300) | st.text(max_size=8)
JSON = st.dictionaries(st.text(max_size=8), LEAVES | st.lists(LEAVES, max_size=2), max_size=2)


def reals(spec: FieldSpec) -> st.SearchStrategy[float]:
    """Every finite number within the bounds of a field."""
    b = spec.bounds
    numbers = st.floats(
        b.low, b.high, exclude_min=b.low_open, exclude_max=b.high_open, allow_nan=False, allow_infinity=False
    )
    return numbers | st.just(math.inf) if spec.infinite else numbers


def values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Every value that a field may hold by itself."""
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "float64": reals(spec),
        "int64": st.integers(-(2**63) if spec.bounds.low is None else int(spec.bounds.low), 2**63 - 1),
        "bool": st.booleans(),
        "utf8": st.sampled_from(list(spec.choices)) if spec.choices else st.text(),
        "binary": st.binary(),
        "timestamp": st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones()),
        "uint8": st.integers(0, 255),
    }
    if spec.shape == "document":
        return JSON
    if spec.shape == "texts":
        return st.lists(st.text(), max_size=4)
    if spec.shape == "vector":
        sizes = st.integers(0, 5) if spec.length is None else spec.length
        return arrays(spec.dtype, sizes, elements=scalars[spec.dtype])
    if spec.shape == "array":
        shapes = array_shapes(min_dims=spec.axes, max_dims=spec.axes, max_side=4)
        return arrays(spec.dtype, shapes, elements=scalars[spec.dtype])
    return scalars[spec.dtype] | st.none() if spec.optional else scalars[spec.dtype]


def _lists(kind: str) -> tuple[str, ...]:
    """Fields of several values, which have equally many."""
    return tuple(n for n, s in specs_of(KINDS[kind]).items() if s.shape not in ("scalar", "document"))


_COLUMNS = ("test_time_second", "voltage_volt", "current_ampere")
TIED = {
    "microstructure": ("labels", "phase_names", "phase_labels"),
    "geometry": ("phase_names", "phase_fraction", "pair_names", "pair_area_per_metre"),
    "discharge": (*_COLUMNS, "temperature_kelvin"),
    "materials": ("carbon_binder_nanoporosity", "carbon_binder_ionic_conductivity_share"),
    "cycling": (*_COLUMNS, "step_count", "cycle_count", "temperature_kelvin", "variable_names", "variables"),
    "measurement": (*_COLUMNS, "step_count", "cycle_count", "temperature_kelvin"),
    "differential_capacity": tuple(
        n for n, s in specs_of(KINDS["differential_capacity"]).items() if s.shape == "vector"
    ),
    "impedance": ("frequency_hertz", "real_ohm", "imaginary_ohm"),
    "capacity_fade": (
        "variable_names",
        *(n for n, s in specs_of(KINDS["capacity_fade"]).items() if s.shape in ("vector", "array")),
    ),
    "cycle_life": ("lower", "upper"),
    "cycle_allocation": _lists("cycle_allocation"),
    "survival_regression": _lists("survival_regression"),
    "early_prediction": _lists("early_prediction"),
    "survival": ("group_names", *(n for n, s in specs_of(KINDS["survival"]).items() if s.shape == "vector")),
    "kpi": ("unit", "window_start_second", "window_end_second"),
    "uncertainty_budget": ("interval_low", *_lists("uncertainty_budget")),
    "representativity": tuple(n for n, s in specs_of(KINDS["representativity"]).items() if s.shape == "vector"),
    **{
        name: _lists(name)
        for name in (
            *("fidelity", "generator_errors", "predicted_errors", "heat_balance", "relaxation_distribution"),
            *("priors", "energy_sensitivities"),
        )
    },
    "transport_tensor": tuple(n for n, s in specs_of(KINDS["transport_tensor"]).items() if s.shape != "scalar"),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_round_trip_of_any_values(kind, example, data):
    """Any values within the bounds come back from Arrow bit for bit."""
    free = {n: s for n, s in specs_of(KINDS[kind]).items() if n not in TIED.get(kind, ())}
    record = example(kind, **data.draw(st.fixed_dictionaries({n: values(s) for n, s in free.items()})))
    again = KINDS[kind].from_arrow(record.to_arrow())
    assert compare(record, again) == ()
    for name, spec in record.fields().items():
        if spec.dtype == "float64" and getattr(record, name) is not None:
            mine, theirs = np.asarray(getattr(record, name)), np.asarray(getattr(again, name))
            assert mine.tobytes() == theirs.tobytes()


@settings(max_examples=30, deadline=None)
@given(labels=arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, max_side=5), elements=st.integers(0, 2)))
def test_any_volume_is_kept(example, labels):
    """A labelled volume of any shape comes back with its shape, in C order, and its phases fill it once."""
    material = example("microstructure", labels=np.asfortranarray(labels))
    again = type(material).from_arrow(material.to_arrow())
    assert np.array_equal(again.labels, labels)
    assert again.labels.flags.c_contiguous
    assert (sum(again.phase(name).astype(int) for name in again.phase_names) == 1).all()


@settings(max_examples=200, deadline=None)
@given(text=st.text() | st.from_regex(r"-?[0-9.]{1,4}(e-?[0-9]{1,3})? [a-zA-Z^*/() 0-9.%_-]{0,12}", fullmatch=True))
def test_no_text_breaks_the_parser(text):
    """Whatever is typed as a quantity is either a finite number or refused with one of our errors."""
    try:
        value = parse_quantity(text, "m", "x")
    except RagoneError:
        return
    assert math.isfinite(value)
