"""Studies run through the lake: stages, models and storage wired together. No arithmetic, and nothing is printed."""

from flows.agreement import Agreement, compare_discharges
from flows.bruggeman import Compared, compare_with_bruggeman
from flows.campaign import run_campaign
from flows.cases import Cases, run_cases
from flows.errors import CampaignError, ExecutorError, StudyError, TrackingError
from flows.microstructure import evaluate_microstructure
from flows.outputs import write_outputs
from flows.plan import Plan, middle_design
from flows.powers import PowerCurve, Sweep, designs_of, sweep_powers
from flows.progress import Progress, Silent
from flows.representativity import RepresentativityResult, study_design, study_volume
from flows.study import Study
from flows.trials import CampaignResult, CellMeasured, Trial, TrialOutcome

__all__ = [
    "Agreement",
    "CampaignError",
    "CampaignResult",
    "Cases",
    "CellMeasured",
    "Compared",
    "ExecutorError",
    "Plan",
    "PowerCurve",
    "Progress",
    "RepresentativityResult",
    "Silent",
    "Study",
    "StudyError",
    "Sweep",
    "TrackingError",
    "Trial",
    "TrialOutcome",
    "compare_discharges",
    "compare_with_bruggeman",
    "designs_of",
    "evaluate_microstructure",
    "middle_design",
    "run_campaign",
    "run_cases",
    "study_design",
    "study_volume",
    "sweep_powers",
    "write_outputs",
]
