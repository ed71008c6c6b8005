"""An encoder learned across owners helps a new one with few designs, and needs nothing but sums of gradients."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ragone.models.sharing.masks import mask_key_of, masked, unmasked_sum
from ragone.models.surrogate.encoder import Head, OwnedSet, fit_encoder, head_or_own
from ragone.models.surrogate.errors import SurrogateError
from ragone.models.surrogate.kriging import FittedKriging, Kriging

_UNIT = 2.0**-24


def owned(seed: int, count: int, skip: int = 0) -> OwnedSet:
    """Responses of one hidden combination of five features, which each owner sees in its own unit and level."""
    of_owner, of_design = np.random.default_rng(seed), np.random.default_rng([seed, skip])
    slope, curvature, level = of_owner.uniform(0.5, 2, 3)
    points = of_design.random((count, 5))
    hidden = points @ np.array([1.0, -1.0, 0.5, 0.0, 0.8])
    return OwnedSet(points, 100 * level + slope * hidden + curvature * np.sin(3 * hidden))


@pytest.fixture(scope="module")
def encoder():
    """The encoder of five owners."""
    return fit_encoder([owned(seed, 30) for seed in range(5)], 0)


@pytest.mark.parametrize("seed", [50, 51, 52, 53])
def test_a_new_owner_with_few_designs_is_helped(encoder, seed):
    """With eight designs of its own, the head on the encoder errs less than half as much as a process of its own."""
    fresh, tests = owned(seed, 8), owned(seed, 400, skip=1)
    head, alone = encoder.head(fresh), Kriging().fit(fresh.points, fresh.values, None, 0)
    errors = [float(np.sqrt(np.mean((one.predict_means(tests.points) - tests.values) ** 2))) for one in (head, alone)]
    assert errors[0] < 0.5 * errors[1]
    assert (head.predict_deviations(tests.points) > 0).all()


def test_left_out_designs_decide_whether_the_encoder_is_used(encoder):
    """An owner of the same kind gets the head, one whose response is another a process of its own."""
    fresh = owned(60, 6)
    assert isinstance(head_or_own(encoder, fresh, 0), Head)
    points = np.random.default_rng(4).random((10, 5))
    other = OwnedSet(points, np.sin(4 * points[:, 3]) + points[:, 0] * 0.1)
    chosen, tests = head_or_own(encoder, other, 0), np.random.default_rng(5).random((200, 5))
    assert isinstance(chosen, FittedKriging)
    truth = np.sin(4 * tests[:, 3]) + tests[:, 0] * 0.1
    errors = [np.abs(one.predict_means(tests) - truth).mean() for one in (chosen, encoder.head(other))]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("seed", [50, 51, 52, 53])
def test_length_scales_of_others_help_with_few_designs(seed):
    """Eight designs err less with the hyper-parameters of a related owner; with its own only the mean changes."""
    fresh, tests, donor = owned(seed, 8), owned(seed, 400, skip=1), owned(seed + 100, 40)
    known = Kriging().fit(donor.points, donor.values, None, 0)
    alone = Kriging().fit(fresh.points, fresh.values, None, 0)
    helped = Kriging().fit_given(fresh.points, fresh.values, known.length_scales, known.noise)
    errors = [float(np.sqrt(np.mean((one.predict_means(tests.points) - tests.values) ** 2))) for one in (helped, alone)]
    assert errors[0] < errors[1]
    same = Kriging().fit_given(donor.points, donor.values, known.length_scales, known.noise)
    residue = np.ones(40) @ same.solution
    assert residue == pytest.approx(0, abs=1e-6)  # generalised least squares: the residual is orthogonal to the mean
    assert np.std(same.predict_means(tests.points) - known.predict_means(tests.points)) < 0.02 * tests.values.std()


def test_gradients_may_be_summed_under_masks():
    """The encoder is the same, to the rounding of the masked whole numbers, as by sums in the open."""
    sets = [owned(seed, 12) for seed in range(3)]
    keys = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2, 3)]
    public, rounds = [mask_key_of(key) for key in keys], iter(range(10**6))

    def summed(gradients):
        label = str(next(rounds)).encode()
        joined = [np.concatenate([part.ravel() for part in one]) for one in gradients]
        flat = [np.rint(one / _UNIT).astype(int).tolist() for one in joined]
        hidden = [
            masked(one, key, [other for other in public if other != own], label)
            for one, key, own in zip(flat, keys, public, strict=True)
        ]
        total, parts = np.array(unmasked_sum(hidden)) * _UNIT, []
        for part in gradients[0]:
            parts.append(total[: part.size].reshape(part.shape))
            total = total[part.size :]
        return parts

    points = owned(7, 50).points
    found, plain = fit_encoder(sets, 1, summed, steps=10), fit_encoder(sets, 1, steps=10)
    np.testing.assert_allclose(found.encoded(points), plain.encoded(points), atol=1e-3)
    assert next(rounds) == 10


def test_it_comes_out_again():
    """The same seed gives the same bits, another seed another encoder."""
    sets = [owned(seed, 12) for seed in range(2)]
    first, second, other = (fit_encoder(sets, seed, steps=5) for seed in (1, 1, 2))
    points = sets[0].points
    assert (first.encoded(points) == second.encoded(points)).all()
    assert not np.allclose(first.encoded(points), other.encoded(points))


@pytest.mark.parametrize("sets", [[], [owned(0, 9)], [owned(0, 12), owned(1, 3)]])
def test_too_few_designs_are_refused(sets):
    """The message says how many are needed."""
    with pytest.raises(SurrogateError, match="needs 10 designs"):
        fit_encoder(sets, 0)
