"""A spectrum as the analyses take it, and whether it can be analysed at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.pipelines.kpi.definition import Window
from ragone.pipelines.kpi.impedance.elements import Complex, Real
from ragone.pipelines.kpi.impedance.kramers_kronig import KramersKronig, kramers_kronig
from ragone.schemas import Impedance, ImpedanceOutcome, KpiOutcome

FEWEST = 10  # frequencies
LEAST_DECADES = 2.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason and the outcome where there is no value."""

    reason: str
    outcome: KpiOutcome


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Angular frequency [1/s], falling, and impedance [ohm]; shape (n,) each."""

    omega: Real
    impedance: Complex

    def __len__(self) -> int:
        return len(self.omega)

    def window(self, border: str = "") -> Window:
        """The whole spectrum, in words."""
        if not len(self):
            return Window("no frequencies")
        ends = self.omega[[0, -1]] / (2 * np.pi)
        text = f"all {len(self)} frequencies, {ends[0]:.4g} to {ends[1]:.4g} Hz"
        return Window(f"{text}; {border}" if border else text)


def spectrum_of(record: Impedance) -> Spectrum:
    """The spectrum of a record."""
    return Spectrum(2 * np.pi * record.frequency_hertz, record.real_ohm + 1j * record.imaginary_ohm)


def unusable(record: Impedance) -> Refusal | None:
    """Refuse a record that holds no spectrum worth an analysis; None if it does."""
    if record.outcome is not ImpedanceOutcome.COMPLETED:
        return Refusal(f"{record.outcome}: {record.reason}", KpiOutcome.NOT_APPLICABLE)
    frequency, modulus = record.frequency_hertz, np.hypot(record.real_ohm, record.imaginary_ohm)
    decades = float(np.log10(frequency[0] / frequency[-1])) if len(frequency) else 0.0
    if len(frequency) < FEWEST or decades < LEAST_DECADES:
        reason = f"{len(frequency)} frequencies over {decades:.2g} decades; {FEWEST} over {LEAST_DECADES:g} are needed"
        return Refusal(reason, KpiOutcome.NOT_IDENTIFIABLE)
    if not (modulus > 0).all():
        row = int(np.flatnonzero(modulus == 0)[0])
        reason = f"the impedance in row {row} ({frequency[row]:g} Hz) is zero; remove that row"
        return Refusal(reason, KpiOutcome.NOT_APPLICABLE)
    return None


def inconsistent(spectrum: Spectrum, allowed: float) -> Refusal | None:
    """Refuse a spectrum that is of no linear and stationary cell; None if it may be."""
    test = kramers_kronig(spectrum.omega, spectrum.impedance, allowed=allowed)
    return Refusal(violation(spectrum, test), KpiOutcome.NOT_APPLICABLE) if test.failing else None


def violation(spectrum: Spectrum, test: KramersKronig) -> str:
    """Describe the violation of a spectrum in one sentence."""
    frequency = spectrum.omega / (2 * np.pi)
    modulus = np.maximum(np.abs(test.real), np.abs(test.imaginary))
    worst = max(test.failing, key=lambda row: float(modulus[row]))
    return (
        f"violates the Kramers-Kronig relations at {frequency[worst]:.4g} Hz (row {worst}): residual "
        f"{modulus[worst]:.2%} of |Z| beside a scatter of {test.scatter:.2%}, {len(test.failing)} frequencies from "
        f"{frequency[test.failing[0]]:.4g} to {frequency[test.failing[-1]]:.4g} Hz fail. Let the cell settle, lower "
        "the amplitude, or cut these frequencies off"
    )
