"""Resistances of a cell from its answer to a jump of the current."""

from ragone.pipelines.kpi.resistance.ohmic import ohmic_resistance
from ragone.pipelines.kpi.resistance.polarisation import polarisation_resistance
from ragone.pipelines.kpi.resistance.pulse import pulse_resistance

__all__ = ["ohmic_resistance", "polarisation_resistance", "pulse_resistance"]
