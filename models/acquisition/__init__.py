"""Which candidates to evaluate next. One file per method, all behind `ragone.schemas.protocols.SuggestCandidates`."""

from ragone.models.acquisition.best_belief import suggest_by_best_belief
from ragone.models.acquisition.expected_improvement import suggest_by_expected_improvement
from ragone.models.acquisition.feasible_improvement import suggest_by_feasible_improvement
from ragone.models.acquisition.multi_fidelity import suggest_by_multi_fidelity
from ragone.models.acquisition.sobol import suggest_by_sobol

__all__ = [
    "suggest_by_best_belief",
    "suggest_by_expected_improvement",
    "suggest_by_feasible_improvement",
    "suggest_by_multi_fidelity",
    "suggest_by_sobol",
]
