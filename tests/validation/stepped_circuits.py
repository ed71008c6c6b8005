"""Measurements of circuits whose answer to a step of current is known exactly, noise and sampling included."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ragone.schemas import Measurement

Vector = NDArray[np.float64]


def measurement(time: Vector, current: Vector, voltage: Vector, capacity: float | None = None) -> Measurement:
    """A measured curve with these columns, one step and one cycle."""
    ones = np.ones(len(time), np.int64)
    return Measurement(
        cell_name="circuit",
        nominal_capacity_ampere_hour=capacity,
        test_time_second=time,
        voltage_volt=voltage,
        current_ampere=current,
        step_count=ones,
        cycle_count=ones,
        temperature_kelvin=np.empty(0),
        source="exact circuit",
        licence="own",
        source_sha256="0" * 64,
        source_format="made",
        method="made",
    )


@dataclass(frozen=True)
class Circuit:
    """A resistance in series with R||C elements and a Warburg element of infinite length [ohm], [s], [ohm/s^0.5]."""

    series: float = 0.02
    resistances: tuple[float, ...] = (0.004, 0.008)
    taus: tuple[float, ...] = (0.05, 1.5)
    warburg: float = 0.002

    def ramp_answer(self, since: Vector, rise: float) -> tuple[Vector, Vector]:
        """Share of the current, and voltage per ampere, of a current that rises linearly for `rise` seconds."""
        x = np.maximum(since, 0.0)
        late = np.maximum(since - rise, 0.0)
        share = (x - late) / rise
        answer = self.series * share
        for resistance, tau in zip(self.resistances, self.taus, strict=True):
            answer += resistance * (x - late + tau * (np.expm1(-x / tau) - np.expm1(-late / tau))) / rise
        return share, answer + self.warburg * 2 / 3 * (x**1.5 - late**1.5) / rise


@dataclass(frozen=True)
class Recording:
    """How a step to `current` [A] is recorded; times [s], noise [V] and [A].

    A marked step has a row at its beginning and one at the end of its rise.
    """

    interval: float = 0.01
    rise: float = 0.003
    rest: float = 5.0
    length: float = 10.0
    current: float = -5.0
    voltage_noise: float = 2e-4
    current_noise: float = 1e-3
    circuit: Circuit = field(default_factory=Circuit)
    marked: bool = False

    def measured(self, random: np.random.Generator) -> Measurement:
        """The step, at a moment between two samples."""
        time = np.arange(-round(self.rest / self.interval), round(self.length / self.interval)) * self.interval
        step = random.uniform(0, self.interval)
        if self.marked:
            time = np.sort(np.append(time, [step, step + self.rise]))
        share, answer = self.circuit.ramp_answer(time - step, self.rise)
        voltage = 3.7 + self.current * answer + self.voltage_noise * random.standard_normal(len(time))
        current = self.current * share + self.current_noise * random.standard_normal(len(time))
        return measurement(time - time[0], current, voltage)


def drawn(random: np.random.Generator) -> Recording:
    """A recording drawn at random: time constants from 3 to 1000 sampling intervals, noise over two decades."""
    interval = 10 ** random.uniform(-3, 0)
    count = int(random.integers(1, 4))
    circuit = Circuit(
        resistances=tuple(10 ** random.uniform(-3, -2, count)),
        taus=tuple(interval * 3 * 10 ** random.uniform(0, 2.5, count)),
        warburg=float(random.integers(2)) * 10 ** random.uniform(-3, -2) / np.sqrt(30 * interval),
    )
    return Recording(
        interval=interval,
        rise=interval * random.choice([0.05, 0.3, 2.0]),
        rest=50 * interval,
        length=interval * 10 ** random.uniform(1.5, 3),
        voltage_noise=10 ** random.uniform(-5, -3),
        circuit=circuit,
    )
