"""Effective conductivity of labelled volumes: conjugate gradients with multigrid, and a certified interval."""

from pipelines.characterise.kernel.solver import (
    EffectiveConductivity,
    effective_conductivities,
    effective_conductivity,
)

__all__ = ["EffectiveConductivity", "effective_conductivities", "effective_conductivity"]
