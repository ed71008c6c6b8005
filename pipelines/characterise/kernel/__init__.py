"""Effective conductivity of labelled volumes: conjugate gradients with multigrid, and a certified interval."""

from ragone.pipelines.characterise.kernel.solver import (
    EffectiveConductivity,
    effective_conductivities,
    effective_conductivity,
)
from ragone.pipelines.characterise.kernel.tensor import ConductivityTensor, conductivity_tensor

__all__ = [
    "ConductivityTensor",
    "EffectiveConductivity",
    "conductivity_tensor",
    "effective_conductivities",
    "effective_conductivity",
]
