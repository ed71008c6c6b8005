"""How warm a cell gets under a load, and whether it runs away."""

from pipelines.thermal.heat_balance import heat_balance
from pipelines.thermal.runaway import thermal_runaway
from pipelines.thermal.steady import steady_temperature

__all__ = ["heat_balance", "steady_temperature", "thermal_runaway"]
