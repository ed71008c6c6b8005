"""A campaign looked back on: how far it came with each trial, and its surrogates around the design that is best."""

from ragone.models.acquisition.space import Floats
from ragone.models.review.choice import IDEAL, ChoiceError, Chosen, chosen_of
from ragone.models.review.progress import Progress, progress_of
from ragone.models.review.searches import Search, searches_of
from ragone.models.review.slices import Slice, slices_of
from ragone.models.review.trials import ReviewedTrials, ReviewError

__all__ = [
    "IDEAL",
    "ChoiceError",
    "Chosen",
    "Floats",
    "Progress",
    "ReviewError",
    "ReviewedTrials",
    "Search",
    "Slice",
    "chosen_of",
    "progress_of",
    "searches_of",
    "slices_of",
]
