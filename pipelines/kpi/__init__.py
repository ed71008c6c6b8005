"""Numbers that somebody may quote, read off a curve or an electrode."""

from ragone.pipelines.kpi.charge_time import charge_time
from ragone.pipelines.kpi.coating import coating
from ragone.pipelines.kpi.crossover import crossover
from ragone.pipelines.kpi.densities import energy_and_power_density
from ragone.pipelines.kpi.deviation import relative_deviation
from ragone.pipelines.kpi.efficiency import efficiency_per_cycle
from ragone.pipelines.kpi.fade import capacity_retention, cycle_life, knee
from ragone.pipelines.kpi.limits import loss_shares
from ragone.pipelines.kpi.material_cost import material_cost
from ragone.pipelines.kpi.plating import plating_margin
from ragone.pipelines.kpi.pulse_power import pulse_power
from ragone.pipelines.kpi.ragone import ragone_curve
from ragone.pipelines.kpi.rate import rate_capability
from ragone.pipelines.kpi.regret import largest_regret
from ragone.pipelines.kpi.specific_capacity import specific_capacity
from ragone.pipelines.kpi.temperature import maximum_temperature
from ragone.pipelines.kpi.transport import transport_properties
from ragone.pipelines.kpi.voltage_deviation import voltage_deviation
from ragone.pipelines.kpi.whole import delivered_by_curve, delivered_by_step

__all__ = [
    "capacity_retention",
    "charge_time",
    "coating",
    "crossover",
    "cycle_life",
    "delivered_by_curve",
    "delivered_by_step",
    "efficiency_per_cycle",
    "energy_and_power_density",
    "knee",
    "largest_regret",
    "loss_shares",
    "material_cost",
    "maximum_temperature",
    "plating_margin",
    "pulse_power",
    "ragone_curve",
    "rate_capability",
    "relative_deviation",
    "specific_capacity",
    "transport_properties",
    "voltage_deviation",
]
