"""Series, charge-transfer and diffusion resistance from an equivalent circuit that the data choose.

A resistance, as many arcs (R beside a constant phase element) as the data ask for, and diffusion elements where they
do. What an element stands for is decided by its time constant alone, as a finite-length Warburg element may well be a
porous electrode's charge transfer, and an arc diffusion in particles.

Uncertainties are of first order from the residuals, with correlations, widened where neighbouring residuals
correlate; that another circuit might be the right one is not in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.impedance import definitions as kpis
from ragone.pipelines.kpi.impedance.border import Border, border_of, unfinished
from ragone.pipelines.kpi.impedance.circuit import WARBURG, Role
from ragone.pipelines.kpi.impedance.least_squares import Fit
from ragone.pipelines.kpi.impedance.selection import DIFFUSIONS, choose
from ragone.pipelines.kpi.impedance.spectrum import Refusal, Spectrum, inconsistent, spectrum_of, unusable
from ragone.schemas import Impedance, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import Positive

LARGEST_UNCERTAINTY = 0.5  # of a value over itself: more says nothing
_ALWAYS = (
    kpis.SERIES,
    kpis.CHARGE_TRANSFER,
    kpis.DIFFUSION,
    kpis.TOTAL,
    kpis.CHARGE_TRANSFER_TIME,
    kpis.DIFFUSION_TIME,
    kpis.CIRCUIT_RESIDUAL,
)


@kpi_stage(
    "kpi.equivalent_circuit",
    gives={
        "(series|charge_transfer|diffusion|total)_resistance": "ohm",
        "(charge_transfer|diffusion)_time_constant": "s",
        r"arc_\d+_resistance": "ohm",
        r"arc_\d+_time_constant": "s",
        "warburg_coefficient": "ohm/s^0.5",
        "circuit_residual": "1",
    },
    libraries=("numpy", "scipy"),
)
def fit_equivalent_circuit(
    impedance: Impedance,
    *,
    largest_arc_count: Annotated[int, Bounds(low=0)] = 4,
    diffusion: str = "",
    diffusion_from_second: Positive = 1.0,
    largest_kramers_kronig_residual: float = 0.01,
) -> Mapping[str, Kpi]:
    """Split the resistance of a cell by an equivalent circuit.

    Parameters
    ----------
    impedance
        The spectrum.
    largest_arc_count
        Largest number of arcs.
    diffusion
        One of `DIFFUSIONS`; chosen from the data if empty.
    diffusion_from_second
        Expected border between charge transfer and diffusion [s]; see `border_of`.
    largest_kramers_kronig_residual
        Mean relative residual of neighbours up to which a spectrum counts as consistent [-].

    Returns
    -------
    Mapping
        Name -> KPI: those of `definitions`, and resistance and time constant of each arc. Without value where the
        spectrum is inconsistent, too short, or does not determine it.

    Raises
    ------
    UnknownFieldError
        If the kind of diffusion is not known.

    References
    ----------
    Boukamp 1986, doi 10.1016/0167-2738(86)90031-7.
    """
    if diffusion and diffusion not in DIFFUSIONS:
        raise UnknownFieldError(f"diffusion = {diffusion!r} is not known: {did_you_mean(diffusion, DIFFUSIONS)}")
    Bounds(low=0).require(largest_arc_count, "largest_arc_count", "1")
    POSITIVE.require(diffusion_from_second, "diffusion_from_second", "s")
    spectrum = spectrum_of(impedance)
    refusal = unusable(impedance) or inconsistent(spectrum, largest_kramers_kronig_residual)
    if refusal is None:
        found = choose(spectrum.omega, spectrum.impedance, largest_arc_count=largest_arc_count, diffusion=diffusion)
        if found is not None:
            return _Split(spectrum, found, border_of(spectrum.omega, spectrum.impedance, diffusion_from_second)).kpis()
        refusal = Refusal("no circuit with parameters that the spectrum determines", KpiOutcome.NOT_IDENTIFIABLE)
    return {d.name: d.missing(refusal.reason, refusal.outcome, spectrum.window()) for d in _ALWAYS}


@dataclass(frozen=True)
class _Split:
    spectrum: Spectrum
    fit: Fit
    border: Border

    def kpis(self) -> dict[str, Kpi]:
        """All of them, by name."""
        circuit = self.fit.circuit
        fast = [i for i in self._relaxing() if self._time(i) <= self.border.time_constant]
        slow = [i for i in self._relaxing() if i not in fast]
        endless = WARBURG in circuit.elements
        series = circuit.having(Role.SERIES)
        open_end = self._open_end(endless)
        found = [
            self._resistance(kpis.SERIES, series, ""),
            self._resistance(kpis.CHARGE_TRANSFER, fast, ""),
            self._resistance(kpis.DIFFUSION, slow, open_end),
            self._resistance(kpis.TOTAL, [*series, *fast, *slow], open_end),
            self._largest_time(kpis.CHARGE_TRANSFER_TIME, fast),
            self._largest_time(kpis.DIFFUSION_TIME, slow),
            self._measured(kpis.CIRCUIT_RESIDUAL, self.fit.residual, None),
        ]
        for number, arc in enumerate(sorted(circuit.having(Role.ARC), key=self._time), 1):
            found.append(self._resistance(kpis.arc_resistance(number), [arc], ""))
            found.append(self._largest_time(kpis.arc_time(number), [arc]))
        if endless:
            place = circuit.positions([circuit.elements.index(WARBURG)], "coefficient")
            found.append(self._known(kpis.WARBURG_COEFFICIENT, place))
        return {kpi.name: kpi for kpi in found}

    def _open_end(self, endless: bool) -> str:
        if endless:
            return "diffusion does not reach its end in this spectrum; measure at lower frequencies"
        return unfinished(self.spectrum.omega, self.spectrum.impedance, self.border)

    def _relaxing(self) -> list[int]:
        elements = self.fit.circuit.elements
        return [i for i, element in enumerate(elements) if "time_constant" in element.parameters]

    def _time(self, number: int) -> float:
        return self.fit.value(self.fit.circuit.positions([number], "time_constant")[0])

    def _resistance(self, definition: Definition, numbers: list[int], open_end: str) -> Kpi:
        if open_end or not numbers:
            return self._missing(definition, open_end or "the circuit has no such element")
        return self._known(definition, self.fit.circuit.positions(numbers, "resistance"))

    def _largest_time(self, definition: Definition, numbers: list[int]) -> Kpi:
        if not numbers:
            return self._missing(definition, "the circuit has no such element")
        largest = max(numbers, key=lambda i: self.fit.value(self.fit.circuit.positions([i], "resistance")[0]))
        return self._known(definition, self.fit.circuit.positions([largest], "time_constant"))

    def _known(self, definition: Definition, positions: list[int]) -> Kpi:
        """The sum of some parameters, if it is known well enough to be stated."""
        value, uncertainty = self.fit.total(positions)
        uncertainty *= self.fit.widening
        if uncertainty > LARGEST_UNCERTAINTY * value:
            return self._missing(definition, f"known to {value:.2g} ± {uncertainty:.1g} {definition.unit} only")
        return self._measured(definition, value, uncertainty)

    def _missing(self, definition: Definition, reason: str) -> Kpi:
        return definition.missing(f"{reason} ({self._circuit()})", KpiOutcome.NOT_IDENTIFIABLE, self._window())

    def _measured(self, definition: Definition, value: float, uncertainty: float | None) -> Kpi:
        return definition.measured(
            value,
            uncertainty=uncertainty,
            count=len(self.spectrum),
            method=f"{self._circuit()}; complex nonlinear least squares relative to |Z|; uncertainty of first order "
            f"from the residuals, with correlations, given the circuit",
            window=self._window(),
        )

    def _circuit(self) -> str:
        return f"circuit {self.fit.circuit}, residual {self.fit.residual:.2g} of |Z|"

    def _window(self) -> Window:
        return self.spectrum.window(self.border.text)
