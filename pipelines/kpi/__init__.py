"""Numbers that somebody may quote, read off a discharge."""

from pipelines.kpi.extraction import extract_kpis

__all__ = ["extract_kpis"]
