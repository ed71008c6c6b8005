"""Survival analysis of cycle lives: most cells are stopped before they fail, and that is information, not a failure."""

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.naive import Naive, NaiveEstimate, naive_estimates

__all__ = ["Lifetimes", "LifetimesError", "Naive", "NaiveEstimate", "naive_estimates"]
