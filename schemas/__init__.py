"""What may be stored, and the Protocols between the rooms: frozen records with units. No I/O."""

from schemas.cell import CellOutcome, CellParameters, NegativeElectrode
from schemas.compare import Deviation, Verdict, compare, judge
from schemas.curve import Curve, Cycling, CyclingOutcome, Discharge, DischargeOutcome, Measurement
from schemas.differential_capacity import DifferentialCapacity
from schemas.electrode import Design, Microstructure, Transport, TransportOutcome
from schemas.errors import RagoneError
from schemas.fidelity import Fidelity, Resemblance
from schemas.generator import Generator, GeneratorErrors, GeneratorTraining, PredictedErrors
from schemas.geometry import Geometry
from schemas.heat_balance import HeatBalance
from schemas.history import History
from schemas.impedance import Impedance, ImpedanceOutcome
from schemas.kinds import KINDS
from schemas.kpi import Kpi, KpiOutcome
from schemas.kpi_stage import KpiStage, kpi_stage
from schemas.materials import Materials
from schemas.parameter import Parameter
from schemas.provenance import Code, Environment, Run, RunOutcome, Snapshot, Tombstone, Verification
from schemas.random_walk import RandomWalk
from schemas.recipe import Candidate, CellDesign, ParticleShape, Recipe
from schemas.record import Record
from schemas.relaxation_distribution import RelaxationDistribution
from schemas.representativity import Representativity, RepresentativityOutcome
from schemas.stage import Stage, stage
from schemas.study import Campaign, Surrogate
from schemas.transport_tensor import Boundary, TransportTensor

__all__ = [
    "KINDS",
    "Boundary",
    "Campaign",
    "Candidate",
    "CellDesign",
    "CellOutcome",
    "CellParameters",
    "Code",
    "Curve",
    "Cycling",
    "CyclingOutcome",
    "Design",
    "Deviation",
    "DifferentialCapacity",
    "Discharge",
    "DischargeOutcome",
    "Environment",
    "Fidelity",
    "Generator",
    "GeneratorErrors",
    "GeneratorTraining",
    "Geometry",
    "HeatBalance",
    "History",
    "Impedance",
    "ImpedanceOutcome",
    "Kpi",
    "KpiOutcome",
    "KpiStage",
    "Materials",
    "Measurement",
    "Microstructure",
    "NegativeElectrode",
    "Parameter",
    "ParticleShape",
    "PredictedErrors",
    "RagoneError",
    "RandomWalk",
    "Recipe",
    "Record",
    "RelaxationDistribution",
    "Representativity",
    "RepresentativityOutcome",
    "Resemblance",
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
    "kpi_stage",
    "stage",
]
