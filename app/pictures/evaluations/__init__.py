"""Pictures of evaluations: two quantities of every design, campaigns over their trials, many columns at once."""

from ragone.app.pictures.evaluations.history import history
from ragone.app.pictures.evaluations.parallel import parallel
from ragone.app.pictures.evaluations.residuals import residuals
from ragone.app.pictures.evaluations.scatter import scatter

__all__ = ["history", "parallel", "residuals", "scatter"]
