"""Measured and simulated discharges in one picture, and their difference below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragone.schemas import Curve, Cycling, Measurement

_SECONDS_PER_HOUR = 3600.0


def draw_validation(pairs: Sequence[tuple[Measurement, Cycling]], path: str | Path) -> None:
    """Draw voltage against discharged charge, and the simulated less the measured one against the same.

    Parameters
    ----------
    pairs
        The measured curve and the simulated one.
    path
        Path of the PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 7), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    for number, (measured, simulated) in enumerate(pairs):
        (charge, voltage), (their_charge, their_voltage) = _discharge(measured), _discharge(simulated)
        label = f"{-float(np.mean(measured.current_ampere[measured.current_ampere < 0])):.3g} A"
        above.plot(charge, voltage, color=f"C{number}", label=f"{label}, measured")
        above.plot(their_charge, their_voltage, "--", color=f"C{number}", label=f"{label}, simulated")
        common = charge <= their_charge[-1]
        below.plot(
            charge[common],
            1e3 * (np.interp(charge[common], their_charge, their_voltage) - voltage[common]),
            color=f"C{number}",
        )
    above.set(ylabel="voltage [V]")
    above.legend(frameon=False, fontsize="small")
    below.axhline(0, color="#999999", lw=0.8)
    below.set(xlabel="discharged [A.h]", ylabel="simulated - measured [mV]")
    figure.savefig(path, format="png", dpi=130, metadata={"Software": "ragone"})


def _discharge(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Return charge since it began [A.h] and voltage [V] of the samples that discharge."""
    flowing = curve.current_ampere < 1e-3 * curve.current_ampere.min()
    time, current = curve.test_time_second[flowing], curve.current_ampere[flowing]
    passed = np.concatenate([[0.0], np.cumsum(np.diff(time) * (current[1:] + current[:-1]) / 2)])
    return -passed / _SECONDS_PER_HOUR, curve.voltage_volt[flowing]
