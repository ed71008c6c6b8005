"""What a spectrum says: is it consistent, and which share of the resistance is series, charge transfer, diffusion?"""

from ragone.pipelines.kpi.impedance.consistency import examine_kramers_kronig
from ragone.pipelines.kpi.impedance.distribution import integrate_relaxation_times
from ragone.pipelines.kpi.impedance.equivalent_circuit import fit_equivalent_circuit
from ragone.pipelines.kpi.impedance.resolved import relaxation_distribution

__all__ = [
    "examine_kramers_kronig",
    "fit_equivalent_circuit",
    "integrate_relaxation_times",
    "relaxation_distribution",
]
