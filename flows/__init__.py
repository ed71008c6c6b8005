"""Studies run through the lake: stages, models and storage wired together. No arithmetic, and nothing is printed."""

from ragone.flows.cell.validation import Validation, compare_discharges
from ragone.flows.design.bruggeman import Compared, compare_with_bruggeman
from ragone.flows.design.campaign import run_campaign
from ragone.flows.design.cases import Cases, run_cases
from ragone.flows.design.outputs import write_outputs
from ragone.flows.design.powers import PowerCurve, Sweep, sweep_powers
from ragone.flows.design.study import Study
from ragone.flows.design.trials import CampaignResult, Trial, TrialOutcome
from ragone.flows.electrode.microstructure import evaluate_microstructure
from ragone.flows.electrode.plan import Plan
from ragone.flows.electrode.representativity import RepresentativityResult, study_candidate, study_recipe, study_volume
from ragone.flows.errors import CampaignError, ExecutorError, StudyError, TrackingError
from ragone.flows.generator.calibration import calibrate_generator
from ragone.flows.generator.fidelity import FidelityResult, compare_with_simulator, compare_with_volumes
from ragone.flows.generator.fidelity_plan import FidelityPlan, read_recipes
from ragone.flows.generator.generators import train_baseline, train_by_plan, train_generator
from ragone.flows.generator.training_plan import GeneratorPlan, SimulationPlan, TrainingPlan
from ragone.flows.generator.training_volumes import (
    TrainingVolumes,
    chosen_volumes,
    cut_volumes,
    find_volumes,
    simulate_volumes,
)
from ragone.flows.running.progress import Parts, Progress, Silent
from ragone.flows.surrogate.retraining import Retrained, retrain

__all__ = [
    "CampaignError",
    "CampaignResult",
    "Cases",
    "Compared",
    "ExecutorError",
    "FidelityPlan",
    "FidelityResult",
    "GeneratorPlan",
    "Parts",
    "Plan",
    "PowerCurve",
    "Progress",
    "RepresentativityResult",
    "Retrained",
    "Silent",
    "SimulationPlan",
    "Study",
    "StudyError",
    "Sweep",
    "TrackingError",
    "TrainingPlan",
    "TrainingVolumes",
    "Trial",
    "TrialOutcome",
    "Validation",
    "calibrate_generator",
    "chosen_volumes",
    "compare_discharges",
    "compare_with_bruggeman",
    "compare_with_simulator",
    "compare_with_volumes",
    "cut_volumes",
    "evaluate_microstructure",
    "find_volumes",
    "read_recipes",
    "retrain",
    "run_campaign",
    "run_cases",
    "simulate_volumes",
    "study_candidate",
    "study_recipe",
    "study_volume",
    "sweep_powers",
    "train_baseline",
    "train_by_plan",
    "train_generator",
    "write_outputs",
]
