"""Of what do cells die, if several causes compete? Aalen and Johansen's share of the cells that ended by each cause.

One minus Kaplan and Meier's curve of one cause, with the others as censoring, is too high: it asks what would be if the
others did not exist. The shares here add up to all that ended. lifelines' estimator shifts tied times at random; this
one counts ties as they are, and knows late entry.

References
----------
Aalen and Johansen 1978, Scandinavian Journal of Statistics 5, 141; variance by the delta method: Marubini and Valsecchi
1995, Analysing Survival Data, section 10.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ragone.models.survival.kaplan_meier import greenwood, log_log_band
from ragone.models.survival.lifetimes import Floats, Lifetimes
from ragone.models.survival.risk_table import RiskTable, ends_at


@dataclass(frozen=True)
class Incidence:
    """Share that ended by one cause, after each of k times of any end, with its standard error and interval; (k,)."""

    cause: str
    times: Floats
    share: Floats
    standard_error: Floats
    low: Floats
    high: Floats


def cumulative_incidence(lives: Lifetimes, cause: str, confidence: float = 0.95) -> Incidence:
    """Estimate the share of the cells that ended by a cause, as a function of time.

    Parameters
    ----------
    lives
        Of n subjects, each of which ended at a known time of a known cause or is censored.
    cause
        One of `lives.causes`.
    confidence
        Of the intervals, on the scale log(-log) [-].
    """
    table = RiskTable.of(lives)
    mine = np.array([one == cause for one in lives.causes]) & lives.observed
    own = ends_at(lives.lower[mine], table.times)
    before = np.append(1.0, np.cumprod(1 - table.deaths / table.at_risk)[:-1])[: len(table)]
    share = np.cumsum(before * own / table.at_risk)
    error = np.sqrt(np.maximum(_variance(table, own, before, share), 0.0))
    low, high = log_log_band(1 - share, error / np.maximum(1 - share, 1e-300), confidence)
    return Incidence(cause, table.times, share, error, 1 - high, 1 - low)


def _variance(table: RiskTable, own: Floats, before: Floats, share: Floats) -> Floats:
    """Return the variance of the share after each time, summed as if it were expanded in powers of the share."""
    risk = table.at_risk
    terms = np.diff(np.append(0.0, np.where(np.isfinite(greenwood(table)), greenwood(table), np.nan)))
    terms = np.nan_to_num(terms)  # where nobody is left the share changes no more
    crossed = before * own / risk**2
    squares = share**2 * np.cumsum(terms) - 2 * share * np.cumsum(share * terms) + np.cumsum(share**2 * terms)
    own_part = np.cumsum(before**2 * own * (risk - own) / risk**3)
    return np.asarray(squares + own_part - 2 * (share * np.cumsum(crossed) - np.cumsum(share * crossed)))
