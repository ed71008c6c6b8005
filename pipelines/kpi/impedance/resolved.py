"""The distribution of relaxation times as a record, as its KPIs see it: what is drawn of it."""

from __future__ import annotations

import numpy as np

from ragone.pipelines.kpi.impedance.border import border_of
from ragone.pipelines.kpi.impedance.distribution import distribution_of
from ragone.pipelines.kpi.impedance.spectrum import spectrum_of
from ragone.schemas import Impedance, RelaxationDistribution, stage
from ragone.schemas.parameter import NotNegative, Positive


@stage("impedance.relaxation_distribution", libraries=("numpy", "scipy"))
def relaxation_distribution(
    impedance: Impedance, *, strength: NotNegative = 0.0, diffusion_from_second: Positive = 1.0
) -> RelaxationDistribution:
    """The distribution of relaxation times of a spectrum, and where diffusion begins.

    Parameters
    ----------
    impedance
        The spectrum; one of fewer than two frequencies has no distribution.
    strength
        Strength of regularisation [-]; chosen by re-im cross-validation if 0.
    diffusion_from_second
        Expected border between charge transfer and diffusion [s]; see `border_of`.

    References
    ----------
    Saccoccio, Wan, Chen, Ciucci 2014, doi 10.1016/j.electacta.2014.09.058.
    """
    spectrum = spectrum_of(impedance)
    nothing = np.empty(0)
    if len(spectrum) < 2:
        return RelaxationDistribution(
            time_constant_second=nothing,
            distribution_ohm=nothing,
            fitted_real_ohm=nothing,
            fitted_imaginary_ohm=nothing,
            border_second=diffusion_from_second,
            method=f"no spectrum: {impedance.outcome}",
        )
    found = distribution_of(impedance, strength)
    border = border_of(spectrum.omega, spectrum.impedance, diffusion_from_second)
    fitted = found.impedance(spectrum.omega)
    return RelaxationDistribution(
        time_constant_second=found.time_constants,
        distribution_ohm=found.gamma,
        fitted_real_ohm=fitted.real,
        fitted_imaginary_ohm=fitted.imag,
        border_second=border.time_constant,
        method=f"Tikhonov regularisation of strength {found.strength:.3g}; {border.text}",
    )
