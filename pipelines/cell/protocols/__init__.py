"""Protocols: what is done with a cell, step by step, and what it does."""

from ragone.pipelines.cell.protocols.alike import discharge_alike
from ragone.pipelines.cell.protocols.charging import charge, fast_charge, full_cycles
from ragone.pipelines.cell.protocols.constant import constant_current, constant_power, resting
from ragone.pipelines.cell.protocols.cycle import cycle_cell
from ragone.pipelines.cell.protocols.drive import drive_profile
from ragone.pipelines.cell.protocols.expansion import follows_profile
from ragone.pipelines.cell.protocols.grammar import ProtocolError
from ragone.pipelines.cell.protocols.largest_power import pulse_at_largest_power
from ragone.pipelines.cell.protocols.protocol_stage import ProtocolStage
from ragone.pipelines.cell.protocols.pulses import pulse_test, titration
from ragone.pipelines.cell.protocols.rates import rate_test
from ragone.pipelines.cell.protocols.within_limits import charge_within_limits

__all__ = [
    "ProtocolError",
    "ProtocolStage",
    "charge",
    "charge_within_limits",
    "constant_current",
    "constant_power",
    "cycle_cell",
    "discharge_alike",
    "drive_profile",
    "fast_charge",
    "follows_profile",
    "full_cycles",
    "pulse_at_largest_power",
    "pulse_test",
    "rate_test",
    "resting",
    "titration",
]
