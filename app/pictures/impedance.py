"""An impedance spectrum in two panels: Nyquist plot, and the distribution of relaxation times behind it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ragone.app.pictures.drawing import PictureError, Target
from ragone.schemas import Impedance, RelaxationDistribution

_DATA, _MODEL, _BORDER = "#1f5f8b", "#d78700", "#888888"
_MILLI = 1e3


def draw_impedance(record: Impedance, distribution: RelaxationDistribution | None, path: Target) -> None:
    """Draw a spectrum into a PNG file.

    Parameters
    ----------
    record
        The spectrum; its id is the title.
    distribution
        Of its relaxation times; without it the Nyquist plot stands alone.
    path
        Of the file, or the file itself.

    Raises
    ------
    PictureError
        If the record holds no spectrum.
    """
    if len(record.frequency_hertz) < 2:
        raise PictureError(f"{record.id} has no picture: {record.outcome}.")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11 if distribution else 6, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2 if distribution else 1, squeeze=False)[0]
    _nyquist(panels[0], record, distribution)
    if distribution:
        _relaxations(panels[1], record, distribution)
    figure.suptitle(record.id[:30])
    figure.savefig(path, format="png", dpi=150, metadata={"Software": "ragone"})


def _nyquist(axes: Any, record: Impedance, distribution: RelaxationDistribution | None) -> None:
    """Measured or simulated points, the fit of the distribution, and a mark at every decade of frequency."""
    axes.plot(record.real_ohm * _MILLI, -record.imaginary_ohm * _MILLI, ".", color=_DATA, label="spectrum")
    if distribution:
        fitted = distribution.fitted_real_ohm * _MILLI, -distribution.fitted_imaginary_ohm * _MILLI
        axes.plot(*fitted, "-", color=_MODEL, lw=1, label="relaxation times")
    decades = np.log10(record.frequency_hertz)
    for decade in range(math.ceil(decades.min() - 1e-9), math.floor(decades.max() + 1e-9) + 1):
        row = int(np.argmin(np.abs(decades - decade)))
        place = (record.real_ohm[row] * _MILLI, -record.imaginary_ohm[row] * _MILLI)
        axes.plot(*place, "o", mfc="none", color=_DATA)
        axes.annotate(f"{10.0**decade:g} Hz", place, xytext=(3, 5), textcoords="offset points", fontsize=7)
    widest = float(np.ptp(record.real_ohm)) * _MILLI
    low, high = -float(record.imaginary_ohm.max()) * _MILLI, -float(record.imaginary_ohm.min()) * _MILLI
    axes.set_ylim(low - 0.1 * widest, min(high + 0.1 * widest, low + widest))  # a capacitive tail goes on and on
    axes.set_aspect("equal", adjustable="box")
    axes.set(xlabel="real part [mohm]", ylabel="-imaginary part [mohm]", title="impedance")
    axes.legend(frameon=False, fontsize=8)


def _relaxations(axes: Any, record: Impedance, distribution: RelaxationDistribution) -> None:
    """The distribution over the time constant, and where diffusion begins; what lies beyond the spectrum is pale."""
    times, gamma = distribution.time_constant_second, distribution.distribution_ohm * _MILLI
    omega = 2 * np.pi * record.frequency_hertz
    inside = (times >= 1 / omega[0]) & (times <= 1 / omega[-1])
    axes.semilogx(times, gamma, color=_MODEL, lw=1, alpha=0.4)
    axes.semilogx(times[inside], gamma[inside], color=_MODEL)
    axes.fill_between(times[inside], gamma[inside], color=_MODEL, alpha=0.2)
    axes.axvline(distribution.border_second, color=_BORDER, ls="--", lw=1, label="charge transfer | diffusion")
    axes.set(xlabel="time constant [s]", ylabel="gamma [mohm]", title="distribution of relaxation times")
    axes.legend(frameon=False, fontsize=8)
