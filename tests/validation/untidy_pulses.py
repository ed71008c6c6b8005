"""Pulses as cyclers write them: late, early and ramp rows, few resting rows, relaxation underway, coarse digits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from stepped_circuits import Circuit, measurement

from ragone.schemas import Measurement

Vector = NDArray[np.float64]
Random = np.random.Generator

LOGGED_EVERY = (0.1, 1.0, 10.0)
EARLY, LATE, RAMP = "old current, new voltage", "new current, old voltage", "ramp"


@dataclass(frozen=True)
class Border:
    """How the rows around a change of the current are written.

    Event rows are the last of the old step and the first of the new one. Of `kind`, so many `rows` hold a voltage that
    is by `share` that of the other side. A ramp row is written at `ramp_share` of the rise.
    """

    events: bool = True
    kind: str = ""
    rows: int = 1
    share: float = 1.0
    ramp_share: float | None = None


@dataclass(frozen=True)
class Pulse:
    """A rest, a pulse of `current` [A] and a rest; times [s], voltages [V]."""

    circuit: Circuit = Circuit(taus=(5.0, 60.0), warburg=0.0)
    interval: float = 0.1
    jitter: float = 0.0
    rise: float = 1e-3
    rest: float = 60.0
    length: float = 10.0
    after: float = 40.0
    current: float = -5.0
    drift: float = 0.0
    drift_tau: float = 100.0
    slope: float = 1e-4
    noise: float = 1e-4
    digit: float = 0.0
    on: Border = Border()
    off: Border = Border()

    def true_columns(self, time: Vector) -> tuple[Vector, Vector]:
        """Current and voltage at any times, the pulse beginning at 0."""
        up, rising = self.circuit.ramp_answer(time, self.rise)
        down, falling = self.circuit.ramp_answer(time - self.length, self.rise)
        passed = np.clip(time, 0, self.length)
        voltage = 3.7 + self.current * (rising - falling) + self.slope * self.current * passed
        return self.current * (up - down), voltage + self.drift * np.exp(-(time + self.rest) / self.drift_tau)

    def measured(self, random: Random) -> Measurement:
        """The rows of the file."""
        time = self._times(random)
        current, voltage = self.true_columns(time)
        for border, moment in ((self.on, 0.0), (self.off, self.length)):
            voltage = _mixed(time, current, voltage, border, moment, self.rise)
        voltage = voltage + self.noise * random.standard_normal(len(time))
        if self.digit:
            voltage = np.round(voltage / self.digit) * self.digit
        return measurement(np.round(time - time[0], 4), np.round(current, 4), voltage)

    def _times(self, random: Random) -> Vector:
        count = int((self.rest + self.length + self.after) / self.interval)
        regular = -self.rest + self.interval * (np.arange(count) + self.jitter * random.uniform(-0.5, 0.5, count))
        rows = [regular]
        for border, moment in ((self.on, 0.0), (self.off, self.length)):
            if border.events:
                rows.append(moment + np.array([-random.uniform(1e-3, 0.02), self.rise + random.uniform(1e-3, 0.05)]))
            if border.ramp_share is not None:
                rows.append(np.array([moment + border.ramp_share * self.rise]))
        return np.sort(np.concatenate(rows))


def _mixed(time: Vector, current: Vector, voltage: Vector, border: Border, moment: float, rise: float) -> Vector:
    """The voltages, some rows beside the change holding that of the other side, wholly or in part."""
    before = int(np.searchsorted(time, moment, side="left"))
    after = int(np.searchsorted(time, moment + rise, side="left"))
    mixed = voltage.copy()
    if border.kind == EARLY:
        mixed[max(before - border.rows, 1) : before] += border.share * (voltage[after] - voltage[before - 1])
    if border.kind == LATE:
        mixed[after : after + border.rows] -= border.share * (voltage[after] - voltage[before - 1])
    if border.ramp_share is not None and after > before:
        mixed[before:after] = voltage[after] if border.kind == EARLY else voltage[before - 1]
    return mixed


def drawn(random: Random) -> Pulse:
    """A pulse drawn at random, of a cell of 5 to 60 mohm and a step of 10 to 300 mV."""
    interval = float(random.choice(LOGGED_EVERY, p=[0.4, 0.4, 0.2]))
    series = 10 ** random.uniform(np.log10(5e-3), np.log10(60e-3))
    count = int(random.integers(1, 3))
    circuit = Circuit(
        series=series,
        resistances=tuple(series * random.uniform(0.1, 0.7, count)),
        taus=tuple(np.sort(10 ** random.uniform(np.log10(3.0), np.log10(300.0), count))),
        warburg=0.0,
    )
    length = float(random.choice([10.0, 18.0, 30.0])) if interval < 10 else float(random.choice([180.0, 600.0]))
    return Pulse(
        circuit=circuit,
        interval=interval,
        jitter=float(random.choice([0.0, 0.3])),
        rise=10 ** random.uniform(-3.5, -1.5),
        rest=interval * float(random.choice([1.4, 2.4, 5.4, 30.3, 200.2], p=[0.1, 0.1, 0.1, 0.4, 0.3])),
        length=length,
        after=2.5 * length,
        current=float(random.choice([-1.0, 1.0])) * 10 ** random.uniform(np.log10(10e-3), np.log10(0.3)) / series,
        drift=float(random.choice([0.0, random.uniform(-0.02, 0.02)])),
        drift_tau=10 ** random.uniform(1, 2.5),
        slope=10 ** random.uniform(-6, -4),
        noise=10 ** random.uniform(-5, -3.3),
        digit=float(random.choice([0.0, 1e-4, 1e-3])),
        on=_border(random, interval),
        off=_border(random, interval),
    )


def _border(random: Random, interval: float) -> Border:
    """Nine in ten of the coarsely logged changes have rows of their own, half of the others."""
    return Border(
        events=bool(random.random() < (0.5 if interval < 10 else 0.9)),
        kind=str(random.choice(["", EARLY, LATE])),
        rows=int(random.choice([1, 1, 2])) if interval < 10 else 1,
        share=1.0 if random.random() < 0.85 else float(random.uniform(0.2, 1.0)),
        ramp_share=float(random.uniform(0.1, 0.9)) if random.random() < 0.4 else None,
    )


def tidy(pulse: Pulse) -> Pulse:
    """The same pulse with every voltage read with its current, and no row on the ramp."""
    on, off = (replace(border, kind="", ramp_share=None) for border in (pulse.on, pulse.off))
    return replace(pulse, on=on, off=off)
