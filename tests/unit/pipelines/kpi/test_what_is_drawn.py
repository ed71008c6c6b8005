"""Records that pictures draw: the same curves as the KPIs are read off."""

from __future__ import annotations

import numpy as np
import pytest
from made_curves import columns, measured, step

from ragone.pipelines.kpi.differential import differential_capacity, differential_capacity_peaks
from ragone.pipelines.kpi.impedance import integrate_relaxation_times, relaxation_distribution
from ragone.schemas.errors import FieldShapeError

SWEPT = columns(
    step(7200.0, -1.0, lambda s: 4.0 - s + 0.06 * np.sin(4 * np.pi * s), 2001),
    step(600.0, 0.0, 3.2),
)


def test_peaks_lie_on_the_differential_capacity():
    """Height and voltage of every peak are on the curve; of what was not swept there is none."""
    curve = measured(SWEPT)
    record, kpis = differential_capacity(curve), differential_capacity_peaks(curve)
    voltage, density, error = record.of("discharge")
    assert kpis["dqdv_discharge_peak_1_voltage"].value is not None
    for name, kpi in kpis.items():
        if name.startswith("dqdv_discharge") and name.endswith("_voltage"):
            height = kpis[name.replace("_voltage", "_height")].value
            assert np.interp(kpi.value, voltage, density) == pytest.approx(height, rel=1e-2)
    assert np.trapezoid(density, voltage) == pytest.approx(2.0, rel=2e-2)
    assert (error >= 0).all()
    assert [len(column) for column in record.of("charge")] == [0, 0, 0]
    assert "discharge: Gaussian kernel" in record.method


def test_a_given_width_is_taken():
    """A wide kernel flattens."""
    curve = measured(SWEPT)
    narrow, wide = (differential_capacity(curve, bandwidth_volt=width) for width in (0.01, 0.1))
    assert max(wide.of("discharge")[1]) < max(narrow.of("discharge")[1])
    assert "0.1 V" in wide.method


def spectrum(example):
    """10 mohm in series with 20 mohm of 10 ms."""
    frequency = np.geomspace(1e4, 1e-2, 61)
    impedance = 0.01 + 0.02 / (1 + 2j * np.pi * frequency * 0.01)
    parts = {"real_ohm": impedance.real, "imaginary_ohm": impedance.imag}
    return example("impedance", frequency_hertz=frequency, **parts)


def test_the_distribution_holds_the_resistance_of_the_kpis(example):
    """Its integral is that of the arc, at its time constant; and it gives the spectrum back."""
    record = spectrum(example)
    found, kpis = relaxation_distribution(record), integrate_relaxation_times(record)
    step_width = np.diff(np.log(found.time_constant_second))[0]
    total = float(found.distribution_ohm.sum() * step_width)
    assert total == pytest.approx(0.02, rel=2e-2)
    assert kpis["drt_total_resistance"].value == pytest.approx(0.01 + total, rel=1e-2)
    assert found.time_constant_second[found.distribution_ohm.argmax()] == pytest.approx(0.01, rel=0.2)
    assert found.fitted_real_ohm == pytest.approx(record.real_ohm, rel=1e-2)
    assert found.fitted_imaginary_ohm == pytest.approx(record.imaginary_ohm, abs=2e-4)


def test_a_spectrum_that_is_none_has_no_distribution(example):
    """Empty columns, and the reason."""
    empty = dict.fromkeys(("frequency_hertz", "real_ohm", "imaginary_ohm"), np.empty(0))
    found = relaxation_distribution(example("impedance", outcome="the cell does not conduct", **empty))
    assert len(found.distribution_ohm) == len(found.fitted_real_ohm) == 0
    assert "does not conduct" in found.method


def test_columns_belong_together(example):
    """A record whose columns differ in length is none."""
    with pytest.raises(FieldShapeError, match="discharge have lengths"):
        example("differential_capacity", discharge_voltage_volt=np.array([3.0]))
    with pytest.raises(FieldShapeError, match="must have one length"):
        example("relaxation_distribution", distribution_ohm=np.array([0.1]))
