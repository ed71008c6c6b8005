"""What a spectrum says: is it consistent, and which share of the resistance is series, charge transfer, diffusion?"""

from pipelines.kpi.impedance.border import Border, border_of
from pipelines.kpi.impedance.consistency import examine_kramers_kronig
from pipelines.kpi.impedance.distribution import distribution_of, integrate_relaxation_times
from pipelines.kpi.impedance.equivalent_circuit import fit_equivalent_circuit
from pipelines.kpi.impedance.relaxation_times import RelaxationTimes

__all__ = [
    "Border",
    "RelaxationTimes",
    "border_of",
    "distribution_of",
    "examine_kramers_kronig",
    "fit_equivalent_circuit",
    "integrate_relaxation_times",
]
