"""Studies run through the lake: stages, models and storage wired together. No arithmetic, and nothing is printed."""

from flows.campaign import run_campaign
from flows.errors import CampaignError, ExecutorError, StudyError, TrackingError
from flows.microstructure import evaluate_microstructure
from flows.outputs import write_outputs
from flows.plan import Plan, middle_design
from flows.progress import Progress, Silent
from flows.representativity import RepresentativityResult, study_design, study_volume
from flows.study import Study
from flows.trials import CampaignResult, CellMeasured, Trial, TrialOutcome

__all__ = [
    "CampaignError",
    "CampaignResult",
    "CellMeasured",
    "ExecutorError",
    "Plan",
    "Progress",
    "RepresentativityResult",
    "Silent",
    "Study",
    "StudyError",
    "TrackingError",
    "Trial",
    "TrialOutcome",
    "evaluate_microstructure",
    "middle_design",
    "run_campaign",
    "study_design",
    "study_volume",
    "write_outputs",
]
