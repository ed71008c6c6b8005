"""Protocols: what is done with a cell, step by step, and what it does."""

from pipelines.cell.protocols.alike import discharge_alike
from pipelines.cell.protocols.charging import charge, fast_charge, full_cycles
from pipelines.cell.protocols.constant import constant_current, constant_power, resting
from pipelines.cell.protocols.cycle import cycle_cell
from pipelines.cell.protocols.drive import drive_profile
from pipelines.cell.protocols.expansion import follows_profile
from pipelines.cell.protocols.grammar import ProtocolError
from pipelines.cell.protocols.protocol_stage import ProtocolStage
from pipelines.cell.protocols.pulses import pulse_test, titration
from pipelines.cell.protocols.rates import rate_test

__all__ = [
    "ProtocolError",
    "ProtocolStage",
    "charge",
    "constant_current",
    "constant_power",
    "cycle_cell",
    "discharge_alike",
    "drive_profile",
    "fast_charge",
    "follows_profile",
    "full_cycles",
    "pulse_test",
    "rate_test",
    "resting",
    "titration",
]
