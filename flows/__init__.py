"""Studies run through the lake: stages, models and storage wired together. No arithmetic, and nothing is printed."""

from flows.campaign import run_campaign
from flows.errors import CampaignError, ExecutorError, StudyError, TrackingError
from flows.microstructure import evaluate_microstructure
from flows.outputs import write_outputs
from flows.progress import Progress, Silent
from flows.study import Study
from flows.trials import CampaignResult, CellMeasured, Trial, TrialOutcome

__all__ = [
    "CampaignError",
    "CampaignResult",
    "CellMeasured",
    "ExecutorError",
    "Progress",
    "Silent",
    "Study",
    "StudyError",
    "TrackingError",
    "Trial",
    "TrialOutcome",
    "evaluate_microstructure",
    "run_campaign",
    "write_outputs",
]
