"""What leaves, what it tells, and what is not in it: sentences for the owner, before anything is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ragone.models.sharing.moments import BINS, Layout
from ragone.models.sharing.privacy import Privacy, epsilon_of
from ragone.models.surrogate.features import Feature

_SEED = (
    "The noise comes from the operating system and is kept nowhere: this file cannot be computed again, since whoever "
    "could, could also take the noise away."
)


def words_of_hyper_parameters(content: Mapping[str, Any], observations: int) -> list[str]:
    """Sentences on hyper-parameters fitted to so many observations."""
    names = ", ".join(f"{one['name']} [{one['unit'] or '1'}]" for one in content["features"])
    options = [
        f"{one['name']}: {', '.join(map(str, one['choices']))}" for one in content["features"] if "choices" in one
    ]
    return [
        f"What leaves: {sum(len(one['length_scales']) for one in content['features'])} length scales, of {names}; the "
        "noise and the mean of standardised values.",
        *([f"The options that occur in your data leave as well: {'; '.join(options)}."] if options else []),
        "What can be inferred: how fast the target changes along each feature, hence which ones matter.",
        "What is not in it: rows, values, ranges, the level or the spread of the target, counts, ids.",
        f"There is no differential privacy: the numbers were fitted to {observations} observations. Who knows all of "
        "these but one can test whether a guess of that one fits; whether a guess of an unusual one fits, anybody can.",
    ]


def words_of_sums(layout: Layout, privacy: Privacy, designs: int, deviation: float) -> list[str]:
    """Sentences on sums with noise; `deviation` is that of the noise over what one design adds at most."""
    columns = "; ".join(map(_column, (*layout.features, layout.target)))
    what = "count, means, covariances" if layout.histograms else f"a surrogate of degree {layout.degree}"
    histograms = f" and histograms of {BINS} bins" if layout.histograms else ""
    return [
        f"What leaves: {layout.length} sums over {designs} designs, of which {what}{histograms} can be computed. "
        f"Columns, with the ranges that you state, to which values are clipped: {columns}.",
        f"Noise: each sum has noise of {deviation:.2g} times what one design adds at most.",
        f"What can be inferred: trends over many designs. Of any one design, whatever else is known, a test whether it "
        f"is among yours finds at most {privacy.largest_advantage:.0%} more of those that are than of those that are "
        f"not (epsilon = {privacy.epsilon:g}, delta = {privacy.delta:g}).",
        "What is not in it: rows, values, ids, sources, your query, and the exact number of designs.",
        _SEED,
    ]


def words_of_round(name: str, others: Sequence[tuple[str, str, str]], privacy: Privacy, shares: float) -> list[str]:
    """Sentences on a sum of several owners, of which the noise of each is one over `shares` of what is needed."""
    named = "; ".join(f"{owner} ({fingerprint[:16]})" for owner, fingerprint, _ in others)
    alone = epsilon_of(privacy.delta, privacy.relative_deviation / math.sqrt(shares))
    return [
        f"It leaves under masks, in round {name!r} with {named}. Compare these fingerprints with what the owners told "
        "you. Your file alone says nothing; all files together say the sum.",
        f"If all other owners collude, they know your part of the sum, with an epsilon of {alone:.2g}.",
    ]


def _column(feature: Feature) -> str:
    if feature.options:
        return f"{feature.name} ({', '.join(map(str, feature.options))})"
    return f"{feature.name} from {feature.low:g} to {feature.high:g} {feature.unit or '1'}"
