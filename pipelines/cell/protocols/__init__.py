"""Protocols: what is done with a cell, step by step, and what it does."""

from pipelines.cell.protocols.alike import discharge_alike
from pipelines.cell.protocols.cycle import cycle_cell
from pipelines.cell.protocols.expansion import follows_profile
from pipelines.cell.protocols.grammar import ProtocolError
from pipelines.cell.protocols.named import PROTOCOLS, Named, named_protocol

__all__ = ["PROTOCOLS", "Named", "ProtocolError", "cycle_cell", "discharge_alike", "follows_profile", "named_protocol"]
