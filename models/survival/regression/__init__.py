"""Which quantities make cells live longer, and by how much? Regression of lives of which many were stopped."""

from ragone.models.survival.regression.accelerated import AcceleratedFit, fit_accelerated
from ragone.models.survival.regression.choosing import Chosen, choose_terms, folds_of
from ragone.models.survival.regression.concordance import Concordance, concordance
from ragone.models.survival.regression.cox import CoxFit, fit_cox
from ragone.models.survival.regression.families import FAMILIES, Family
from ragone.models.survival.regression.terms import Terms

__all__ = [
    "FAMILIES",
    "AcceleratedFit",
    "Chosen",
    "Concordance",
    "CoxFit",
    "Family",
    "Terms",
    "choose_terms",
    "concordance",
    "fit_accelerated",
    "fit_cox",
    "folds_of",
]
