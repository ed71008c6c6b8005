"""What may be stored, and the Protocols between the rooms: frozen records with units. No I/O."""

from schemas.cell import CellOutcome, CellParameters, Discharge, DischargeOutcome, Kpi, KpiOutcome
from schemas.compare import Deviation, Verdict, compare, judge
from schemas.electrode import Design, Microstructure, Transport, TransportOutcome
from schemas.errors import RagoneError
from schemas.geometry import Geometry
from schemas.kinds import KINDS
from schemas.provenance import Code, Environment, Run, RunOutcome, Snapshot, Tombstone, Verification
from schemas.random_walk import RandomWalk
from schemas.record import Record
from schemas.representativity import Representativity, RepresentativityOutcome
from schemas.stage import Stage, stage
from schemas.study import Campaign, Generator, Surrogate
from schemas.transport_tensor import Boundary, TransportTensor

__all__ = [
    "KINDS",
    "Boundary",
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
    "Geometry",
    "Kpi",
    "KpiOutcome",
    "Microstructure",
    "RagoneError",
    "RandomWalk",
    "Record",
    "Representativity",
    "RepresentativityOutcome",
    "Run",
    "RunOutcome",
    "Snapshot",
    "Stage",
    "Surrogate",
    "Tombstone",
    "Transport",
    "TransportOutcome",
    "TransportTensor",
    "Verdict",
    "Verification",
    "compare",
    "judge",
    "stage",
]
