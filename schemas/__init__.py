"""What may be stored, and the Protocols between the rooms: frozen records with units. No I/O."""

from ragone.schemas.ageing_state import AgeingState
from ragone.schemas.capacity_fade import CapacityFade, FadeOutcome
from ragone.schemas.cell import CellOutcome, CellParameters, NegativeElectrode
from ragone.schemas.compare import Deviation, Verdict, compare, judge
from ragone.schemas.curve import Curve, Cycling, CyclingOutcome, Discharge, DischargeOutcome, Measurement
from ragone.schemas.cycle_allocation import CycleAllocation
from ragone.schemas.cycle_life import CycleLife, LifeOutcome
from ragone.schemas.differential_capacity import DifferentialCapacity
from ragone.schemas.early_prediction import EarlyOutcome, EarlyPrediction
from ragone.schemas.electrode import Design, Microstructure, Transport, TransportOutcome
from ragone.schemas.electrode_tortuosity import ElectrodeTortuosity
from ragone.schemas.energy_sensitivities import EnergySensitivities
from ragone.schemas.errors import RagoneError
from ragone.schemas.explanation import Explanation
from ragone.schemas.fidelity import Fidelity, Resemblance, Similarity
from ragone.schemas.generator import Generator, GeneratorErrors, GeneratorTraining, PredictedErrors
from ragone.schemas.geometry import Geometry
from ragone.schemas.heat_balance import HeatBalance
from ragone.schemas.history import History
from ragone.schemas.impedance import Impedance, ImpedanceOutcome
from ragone.schemas.kinds import KINDS
from ragone.schemas.kpi import Kpi, KpiOutcome
from ragone.schemas.kpi_stage import KpiStage, kpi_stage
from ragone.schemas.materials import Materials
from ragone.schemas.parameter import Parameter
from ragone.schemas.plateau import Plateau
from ragone.schemas.priors import Prior, Priors
from ragone.schemas.promotion import Promotion, PromotionOutcome
from ragone.schemas.provenance import Code, Environment, Run, RunOutcome, Snapshot, Tombstone, Verification
from ragone.schemas.random_walk import RandomWalk
from ragone.schemas.recipe import Candidate, CellDesign, ParticleShape, Recipe, Tabs
from ragone.schemas.record import Record
from ragone.schemas.relaxation_distribution import RelaxationDistribution
from ragone.schemas.representativity import Representativity, RepresentativityOutcome
from ragone.schemas.share import Share, ShareDirection, ShareForm
from ragone.schemas.stage import Stage, stage
from ragone.schemas.study import Campaign, Surrogate
from ragone.schemas.survival import Survival
from ragone.schemas.survival_regression import RegressionOutcome, SurvivalRegression
from ragone.schemas.transport_tensor import Boundary, TransportTensor
from ragone.schemas.uncertainty_budget import UncertaintyBudget

__all__ = [
    "KINDS",
    "AgeingState",
    "Boundary",
    "Campaign",
    "Candidate",
    "CapacityFade",
    "CellDesign",
    "CellOutcome",
    "CellParameters",
    "Code",
    "Curve",
    "CycleAllocation",
    "CycleLife",
    "Cycling",
    "CyclingOutcome",
    "Design",
    "Deviation",
    "DifferentialCapacity",
    "Discharge",
    "DischargeOutcome",
    "EarlyOutcome",
    "EarlyPrediction",
    "ElectrodeTortuosity",
    "EnergySensitivities",
    "Environment",
    "Explanation",
    "FadeOutcome",
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
    "LifeOutcome",
    "Materials",
    "Measurement",
    "Microstructure",
    "NegativeElectrode",
    "Parameter",
    "ParticleShape",
    "Plateau",
    "PredictedErrors",
    "Prior",
    "Priors",
    "Promotion",
    "PromotionOutcome",
    "RagoneError",
    "RandomWalk",
    "Recipe",
    "Record",
    "RegressionOutcome",
    "RelaxationDistribution",
    "Representativity",
    "RepresentativityOutcome",
    "Resemblance",
    "Run",
    "RunOutcome",
    "Share",
    "ShareDirection",
    "ShareForm",
    "Similarity",
    "Snapshot",
    "Stage",
    "Surrogate",
    "Survival",
    "SurvivalRegression",
    "Tabs",
    "Tombstone",
    "Transport",
    "TransportOutcome",
    "TransportTensor",
    "UncertaintyBudget",
    "Verdict",
    "Verification",
    "compare",
    "judge",
    "kpi_stage",
    "stage",
]
