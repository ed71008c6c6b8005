"""Measures the transport metrics of a microstructure."""

from pipelines.characterise.average import average_transport
from pipelines.characterise.transport import characterise_with_taufactor

__all__ = ["average_transport", "characterise_with_taufactor"]
