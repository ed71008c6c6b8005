"""A surrogate of a document that another owner sent; all that it knows of the data is in that document."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.moments import Layout, checked_numbers
from ragone.models.sharing.noisy_sums import fit_private_polynomial
from ragone.models.sharing.signed_document import verify
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Share, ShareForm, Surrogate, stage

ARCHITECTURE = "private_polynomial"
_QUANTILES = 999  # of the normal distribution, in place of scores of designs, which would be data
_LIMITS = (
    "Noise for the privacy of the data is in it; its deviation holds that noise.",
    "Its intervals are of the normal distribution, and were not calibrated on left-out designs.",
    "Its domain is the range that its owner states, whether or not there are data in all of it.",
)


@stage("sharing.receive", libraries=("cryptography", "numpy", "scipy"))
def receive_surrogate(share: Share) -> Surrogate:
    """Make the surrogate that a received document describes.

    Parameters
    ----------
    share
        Signed sums with noise; the signature is verified again.

    Returns
    -------
    Surrogate
        A polynomial, with the ranges that the owner stated as its domain.

    Raises
    ------
    ShareError
        If the document is of another form, was changed, or holds something else than it describes.
    """
    content = share.content
    if share.form is not ShareForm.SURROGATE:
        raise ShareError(f"{share.id[:30]} is of the form {share.form}, of which no surrogate can be made.")
    verify(content, share.fingerprint)
    layout = Layout.read(content["layout"])
    trained = surrogate_of_sums(layout, checked_numbers(content["numbers"], layout), noise_of(content))
    unit = layout.target.unit
    return Surrogate(
        architecture=ARCHITECTURE,
        weights=trained.weights(),
        settings={"degree": layout.degree},
        trained_on=(share.id,),
        metrics={"unit": unit},
        target=layout.target.name,
        target_unit=unit,
        target_definition=content["definition"],
        features=[one.plain() for one in layout.features],
        card=_card(content, layout),
    )


def surrogate_of_sums(layout: Layout, numbers: list[int], variance: float) -> TrainedSurrogate:
    """The surrogate by released sums, whose whole numbers have noise of that variance."""
    from scipy.stats import halfnorm

    deviation = math.sqrt(variance) * layout.unit
    fitted = fit_private_polynomial(layout, layout.matrix(numbers), deviation)
    scores = halfnorm.ppf((np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    calibration = Calibration(scores, np.full(_QUANTILES, 1 / _QUANTILES), _QUANTILES)
    axes = layout.axes
    everywhere = Domain(np.full(axes, 0.5), np.zeros((axes, axes)), 0.0, 1.0)  # all of the stated ranges
    return TrainedSurrogate(layout.features, ARCHITECTURE, fitted, everywhere, calibration)


def noise_of(content: Any) -> float:
    """The variance of the noise on the whole numbers that a document states.

    Raises
    ------
    ShareError
        If it states none.
    """
    variance = content.get("privacy", {}).get("variance") if isinstance(content.get("privacy"), dict) else None
    if isinstance(variance, bool) or not isinstance(variance, int | float) or not 0 <= variance < 2.0**100:
        raise ShareError(f"the noise is stated as {variance!r}; it must be a variance. Ask for the file again.")
    return float(variance)


def _card(content: Any, layout: Layout) -> dict[str, Any]:
    return {
        "purpose": f"predicts {layout.target.name} [{layout.target.unit}] of designs from {len(layout.features)} "
        "features",
        "not_for": "designs outside of the stated ranges",
        "data": {"owner": content["owner"], "licence": content["licence"], "privacy": content["privacy"]},
        "method": ARCHITECTURE,
        "limits": list(_LIMITS),
    }
