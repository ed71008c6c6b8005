"""Series, charge-transfer and diffusion resistance from the distribution of relaxation times: no circuit is assumed.

Uncertainties are those of noise alone; what smoothing moves from one side of a border to the other is not in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.impedance import definitions as kpis
from ragone.pipelines.kpi.impedance.border import Border, border_of, unfinished
from ragone.pipelines.kpi.impedance.peaks import peaks_of
from ragone.pipelines.kpi.impedance.regularisation import cross_validated_strength
from ragone.pipelines.kpi.impedance.relaxation_times import RelaxationTimes, invert, problem
from ragone.pipelines.kpi.impedance.spectrum import Spectrum, inconsistent, spectrum_of, unusable
from ragone.schemas import Impedance, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive

_ALWAYS = (kpis.DRT_SERIES, kpis.DRT_CHARGE_TRANSFER, kpis.DRT_DIFFUSION, kpis.DRT_TOTAL)


@kpi_stage(
    "kpi.relaxation_times",
    gives={
        "drt_(series|charge_transfer|diffusion|total)_resistance": "ohm",
        r"drt_peak_\d+_resistance": "ohm",
        r"drt_peak_\d+_time_constant": "s",
    },
    libraries=("numpy", "scipy"),
)
def integrate_relaxation_times(
    impedance: Impedance,
    *,
    strength: NotNegative = 0.0,
    diffusion_from_second: Positive = 1.0,
    largest_kramers_kronig_residual: float = 0.01,
) -> Mapping[str, Kpi]:
    """Split the resistance of a cell by its distribution of relaxation times.

    Parameters
    ----------
    impedance
        The spectrum.
    strength
        Strength of regularisation [-]; chosen by re-im cross-validation if 0.
    diffusion_from_second
        Expected border between charge transfer and diffusion [s]; see `border_of`.
    largest_kramers_kronig_residual
        Mean relative residual of neighbours up to which a spectrum counts as consistent [-].

    Returns
    -------
    Mapping
        Name -> KPI: those of `definitions` that begin with drt, and resistance and time constant of each peak.

    References
    ----------
    Saccoccio, Wan, Chen, Ciucci 2014, doi 10.1016/j.electacta.2014.09.058.
    """
    Bounds(low=0).require(strength, "strength", "1")
    POSITIVE.require(diffusion_from_second, "diffusion_from_second", "s")
    spectrum = spectrum_of(impedance)
    refusal = unusable(impedance) or inconsistent(spectrum, largest_kramers_kronig_residual)
    if refusal is not None:
        return {d.name: d.missing(refusal.reason, refusal.outcome, spectrum.window()) for d in _ALWAYS}
    limit = border_of(spectrum.omega, spectrum.impedance, diffusion_from_second)
    return _Integrals(spectrum, distribution_of(impedance, strength), limit).kpis()


def distribution_of(impedance: Impedance, strength: float = 0.0) -> RelaxationTimes:
    """The distribution of a completed spectrum; strength [-] as for `integrate_relaxation_times`."""
    spectrum = spectrum_of(impedance)
    linear = problem(spectrum.omega, spectrum.impedance)
    return invert(linear, strength or cross_validated_strength(linear))


@dataclass(frozen=True)
class _Integrals:
    spectrum: Spectrum
    distribution: RelaxationTimes
    border: Border

    def kpis(self) -> dict[str, Kpi]:
        """All of them, by name."""
        times, last = self.distribution.time_constants, len(self.distribution.time_constants) - 1
        fastest, slowest = 1 / self.spectrum.omega[0], 1 / self.spectrum.omega[-1]
        begin, middle = int(np.searchsorted(times, fastest)), int(np.searchsorted(times, self.border.time_constant))
        open_end = unfinished(self.spectrum.omega, self.spectrum.impedance, self.border)
        found = [
            self._measured(kpis.DRT_SERIES, *self._with_series(begin - 1)),
            self._measured(kpis.DRT_CHARGE_TRANSFER, *self.distribution.resistance(begin, middle - 1)),
            self._unless(open_end, kpis.DRT_DIFFUSION, *self.distribution.resistance(middle, last)),
            self._unless(open_end, kpis.DRT_TOTAL, *self._with_series(last)),
        ]
        for number, peak in enumerate(peaks_of(self.distribution, fastest, slowest), 1):
            resistance = kpis.arc_resistance(number, "drt_peak", kpis.SACCOCCIO)
            found.append(self._measured(resistance, peak.resistance, peak.uncertainty))
            found.append(self._measured(kpis.arc_time(number, "drt_peak", kpis.SACCOCCIO), peak.time_constant, None))
        return {kpi.name: kpi for kpi in found}

    def _with_series(self, last: int) -> tuple[float, float]:
        """Series resistance and the distribution up to a number of the grid; correlations included."""
        value, _ = self.distribution.resistance(0, last)
        return self.distribution.series_resistance + value, self.distribution.uncertainty_with_series(last)

    def _unless(self, reason: str, definition: Definition, value: float, uncertainty: float) -> Kpi:
        if not reason:
            return self._measured(definition, value, uncertainty)
        return definition.missing(reason, KpiOutcome.NOT_IDENTIFIABLE, self._window())

    def _measured(self, definition: Definition, value: float, uncertainty: float | None) -> Kpi:
        distribution = self.distribution
        return definition.measured(
            value,
            uncertainty=uncertainty,
            count=len(self.spectrum),
            method=f"Tikhonov regularisation of second order, non-negative, strength {distribution.strength:.2g} by "
            f"re-im cross-validation unless given, residual {distribution.residual:.2g} of |Z|; uncertainty: "
            f"{'noise only' if uncertainty is not None else 'unknown'}",
            window=self._window(),
        )

    def _window(self) -> Window:
        return self.spectrum.window(self.border.text)
