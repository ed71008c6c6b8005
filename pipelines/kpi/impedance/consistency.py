"""The linear Kramers-Kronig test as a KPI: how far is the spectrum from one that a linear, unchanging cell can have?"""

from __future__ import annotations

from ragone.pipelines.kpi.impedance.definitions import KRAMERS_KRONIG
from ragone.pipelines.kpi.impedance.kramers_kronig import kramers_kronig
from ragone.pipelines.kpi.impedance.spectrum import spectrum_of, unusable, violation
from ragone.schemas import Impedance, Kpi, kpi_stage


@kpi_stage("kpi.kramers_kronig", gives={"kramers_kronig_residual": "1"}, libraries=("numpy", "scipy"))
def examine_kramers_kronig(impedance: Impedance, *, largest_kramers_kronig_residual: float = 0.01) -> Kpi:
    """Largest relative residual of the linear Kramers-Kronig test.

    Parameters
    ----------
    impedance
        The spectrum.
    largest_kramers_kronig_residual
        Mean relative residual of neighbours up to which a spectrum counts as consistent [-].

    Returns
    -------
    Kpi
        Measured also if the spectrum fails; its method says so, and at which frequency.

    References
    ----------
    Schoenleber, Klotz, Ivers-Tiffee 2014, doi 10.1016/j.electacta.2014.01.034.
    """
    spectrum, refusal = spectrum_of(impedance), unusable(impedance)
    if refusal is not None:
        return KRAMERS_KRONIG.missing(refusal.reason, refusal.outcome, spectrum.window())
    test = kramers_kronig(spectrum.omega, spectrum.impedance, allowed=largest_kramers_kronig_residual)
    verdict = f"fails: {violation(spectrum, test)}" if test.failing else "passes"
    return KRAMERS_KRONIG.measured(
        test.largest,
        uncertainty=None,
        count=len(spectrum),
        method=f"{verdict}; {test.element_count} elements by the Bayesian information criterion, scatter "
        f"{test.scatter:.2g} of |Z|, allowed {largest_kramers_kronig_residual:g}",
        window=spectrum.window(),
    )
