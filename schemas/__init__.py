"""What may be stored, and the Protocols between the rooms: frozen records with units. No I/O."""

from schemas.cell import CellOutcome, CellParameters, Discharge, DischargeOutcome, Kpi, KpiOutcome
from schemas.compare import Deviation, Verdict, compare, judge
from schemas.electrode import Design, Microstructure, Transport, TransportOutcome
from schemas.errors import RagoneError
from schemas.kinds import KINDS
from schemas.provenance import Code, Environment, Run, RunOutcome, Snapshot, Tombstone, Verification
from schemas.record import Record
from schemas.stage import Stage, stage
from schemas.study import Campaign, Generator, Surrogate

__all__ = [
    "KINDS",
    "Campaign",
    "CellOutcome",
    "CellParameters",
    "Code",
    "Design",
    "Deviation",
    "Discharge",
    "DischargeOutcome",
    "Environment",
    "Generator",
    "Kpi",
    "KpiOutcome",
    "Microstructure",
    "RagoneError",
    "Record",
    "Run",
    "RunOutcome",
    "Snapshot",
    "Stage",
    "Surrogate",
    "Tombstone",
    "Transport",
    "TransportOutcome",
    "Verdict",
    "Verification",
    "compare",
    "judge",
    "stage",
]
