"""What a spectrum says: is it consistent, and which share of the resistance is series, charge transfer, diffusion?"""

from pipelines.kpi.impedance.consistency import examine_kramers_kronig
from pipelines.kpi.impedance.distribution import integrate_relaxation_times
from pipelines.kpi.impedance.equivalent_circuit import fit_equivalent_circuit
from pipelines.kpi.impedance.resolved import relaxation_distribution

__all__ = [
    "examine_kramers_kronig",
    "fit_equivalent_circuit",
    "integrate_relaxation_times",
    "relaxation_distribution",
]
