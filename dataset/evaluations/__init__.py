"""One row for each evaluated design: what it is, what it is made of, and its KPIs side by side."""

from ragone.dataset.evaluations.summary import VIEWS, Summary
from ragone.dataset.evaluations.view import Evaluations

__all__ = ["VIEWS", "Evaluations", "Summary"]
