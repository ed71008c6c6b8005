"""Does a covariate raise the share of cells that end by one cause? Fine and Gray's regression of competing causes.

The hazard of the subdistribution counts a cell that ended by another cause as at risk for ever: its ratio says how the
share that ends by the cause depends on a covariate, through both causes. The cause-specific hazard (`cause_specific`)
says how the rate among cells still alive does. A covariate that only raises plating lowers the share that ends by
capacity, and leaves its cause-specific hazard as it is.

A cell that ended by another cause would have been stopped some time; it counts with the chance that it would not have
been, G(t-)/G(s-), by Kaplan and Meier's estimator of stops in all groups together. Ends come before stops at one time.
Standard errors are robust ones (by subject) with these weights as if they were known, as `coxph` of R's `finegray` rows
gives them. Late entry is refused.

References
----------
Fine and Gray 1999, doi 10.1080/01621459.1999.10474144; Geskus 2011, doi 10.1111/j.1541-0420.2010.01420.x (weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.regression.accelerated import strata_of
from ragone.models.survival.regression.cox import CoxFit, RiskSets, maximise_partial
from ragone.models.survival.regression.residuals import coefficient_changes
from ragone.models.survival.stops import Stops


def fit_fine_gray(lives: Lifetimes, cause: str, terms: Sequence[str], *, strata: str = "") -> CoxFit:
    """Fit ratios of the hazard of the subdistribution of one cause.

    Parameters
    ----------
    lives
        With causes, and the covariates as columns; ends exact or censored, from the start on.
    cause
        One of `lives.causes`.
    terms
        Covariates, as `Terms` reads them; one at least.
    strata
        A covariate each of whose options has a hazard of its own.

    Raises
    ------
    LifetimesError
        If no life ended by that cause, an end is an interval, a subject came late, or a covariate is not known or takes
        one value only.
    """
    own = cause_specific(lives, cause)
    if not lives.exact.all() or (lives.entry > 0).any():
        raise LifetimesError(
            "some lives ended between two looks or came late under observation; Fine and Gray's regression takes known "
            "ends from the start on. Fit the cause-specific hazard, or leave these lives out."
        )
    sets = RiskSets.of(own, strata_of(lives, strata)[1])
    others = lives.observed & ~own.observed
    same = sets.strata[:, None] == strata_of(lives, strata)[1][None, :]
    later = same & others[None, :] & (lives.lower[None, :] < sets.times[:, None])
    stops = Stops.of(lives)
    weights = stops.never_before(sets.times)[:, None] / stops.never_before(lives.lower)[None, :]
    fit = maximise_partial(lives, replace(sets, at_risk=np.where(later, weights, sets.at_risk)), terms, strata=strata)
    changes = coefficient_changes(fit)
    return replace(fit, covariance=changes.T @ changes)


def cause_specific(lives: Lifetimes, cause: str) -> Lifetimes:
    """Return the lives with ends by other causes as stops, for the hazard of one cause among cells that are alive.

    Raises
    ------
    LifetimesError
        If no life ended by that cause.
    """
    mine = np.array([one == cause for one in lives.causes]) & lives.observed
    if not mine.any():
        known = ", ".join(sorted({one for one in lives.causes if one})) or "none"
        raise LifetimesError(f"no life ended by {cause!r}; causes known are {known}. Choose one of these.")
    return replace(lives, upper=np.where(mine, lives.upper, np.inf), causes=tuple(np.where(mine, cause, "").tolist()))
