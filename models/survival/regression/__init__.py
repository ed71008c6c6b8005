"""Which quantities make cells live longer, and by how much? Regression of lives of which many were stopped."""

from ragone.models.survival.regression.accelerated import AcceleratedFit, fit_accelerated
from ragone.models.survival.regression.concordance import Concordance, concordance
from ragone.models.survival.regression.families import FAMILIES, Family
from ragone.models.survival.regression.terms import Terms

__all__ = ["FAMILIES", "AcceleratedFit", "Concordance", "Family", "Terms", "concordance", "fit_accelerated"]
