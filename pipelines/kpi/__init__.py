"""Numbers that somebody may quote, read off a curve or an electrode."""

from pipelines.kpi.agreement import voltage_agreement
from pipelines.kpi.crossover import crossover
from pipelines.kpi.densities import energy_and_power_density
from pipelines.kpi.deviation import relative_deviation
from pipelines.kpi.efficiency import efficiency_per_cycle
from pipelines.kpi.limits import loss_shares
from pipelines.kpi.plating import plating_margin
from pipelines.kpi.ragone import ragone_curve
from pipelines.kpi.rate import rate_capability
from pipelines.kpi.specific_capacity import specific_capacity
from pipelines.kpi.temperature import maximum_temperature
from pipelines.kpi.transport import transport_properties
from pipelines.kpi.whole import delivered_by_curve, delivered_by_step

__all__ = [
    "crossover",
    "delivered_by_curve",
    "delivered_by_step",
    "efficiency_per_cycle",
    "energy_and_power_density",
    "loss_shares",
    "maximum_temperature",
    "plating_margin",
    "ragone_curve",
    "rate_capability",
    "relative_deviation",
    "specific_capacity",
    "transport_properties",
    "voltage_agreement",
]
