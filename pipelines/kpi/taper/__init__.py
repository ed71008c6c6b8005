"""What a charge at constant voltage would still have delivered, had it not been cut short."""

from ragone.pipelines.kpi.taper.charge import taper_corrected_charge

__all__ = ["taper_corrected_charge"]
