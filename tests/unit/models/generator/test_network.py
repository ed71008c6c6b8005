"""The network: its shape, what moves with what, and what it starts as."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage

from models.generator.network import Shape, clean_field, initial_weights
from models.generator.schedule import evidence

SHAPE = Shape(context_count=1, condition_count=2, widths=(8, 16), depths=(1, 1), patch=2)


@pytest.fixture(params=[1, 3])
def weights(request):
    """Weights of which none is zero; the second convolution of a block mixes channels alone, or patches too."""
    source = torch.Generator().manual_seed(1)
    sizes = replace(SHAPE, mixing=request.param, by_chance=True).sizes()
    return {name: 0.2 * torch.randn(size, generator=source) for name, size in sizes.items()}


def ask(weights, noisy, context, *, periodic=True, level=0.5, shape=SHAPE):
    """Field and logit for one volume at one level and condition."""
    condition = torch.tensor([[0.3, -0.7]])
    return clean_field(weights, shape, noisy, context, torch.tensor([level]), condition, periodic=periodic)


@pytest.fixture
def volume():
    """A noisy field and a context."""
    source = torch.Generator().manual_seed(2)
    return tuple(torch.randn((1, 1, 16, 12, 8), generator=source) for _ in range(2))


@pytest.mark.parametrize("by_chance", [False, True])
def test_a_periodic_volume_has_no_origin(weights, volume, by_chance):
    """Rolled by whole granules, the answer is rolled alike; without periodicity it is not."""
    rolls, shape = {"shifts": (4, 8, 4), "dims": (2, 3, 4)}, replace(SHAPE, by_chance=by_chance)
    for periodic in (True, False):
        plain = ask(weights, *volume, periodic=periodic, shape=shape)
        rolled = ask(weights, *(part.roll(**rolls) for part in volume), periodic=periodic, shape=shape)
        alike = [bool(torch.allclose(a.roll(**rolls), b, atol=1e-5)) for a, b in zip(plain, rolled, strict=True)]
        assert alike == [periodic, periodic]


def test_the_answer_has_the_size_of_the_question(weights, volume):
    """Any edge that is a multiple of the granule."""
    field, logit = ask(weights, *volume)
    assert field.shape == logit.shape == volume[0].shape
    assert SHAPE.granule == 4


def test_noise_level_and_context_matter(weights, volume):
    """Both enter; what would make a conditional network unconditional."""
    noisy, context = volume
    plain = ask(weights, noisy, context)[0]
    assert not torch.allclose(plain, ask(weights, noisy, context, level=0.6)[0])
    assert not torch.allclose(plain, ask(weights, noisy, -context)[0])


def test_noise_where_an_earlier_phase_lies_does_not_matter(weights, volume):
    """There is nothing to be found there; outside of it noise matters."""
    noisy, context = volume
    inside, outside = (noisy + 3 * side for side in (context > 0, context <= 0))
    plain = ask(weights, noisy, context)
    assert all(torch.equal(a, b) for a, b in zip(plain, ask(weights, inside, context), strict=True))
    assert not torch.allclose(plain[0], ask(weights, outside, context)[0])


def test_pure_noise_tells_nothing_of_a_phase_filled_by_chance(weights, volume):
    """The odds before there is a draft do not depend on the noise; with a draft in it they do."""
    shape, (noisy, context) = replace(SHAPE, by_chance=True), volume
    for level in (1.0, 0.99):
        plain, other = (ask(weights, noise, context, level=level, shape=shape)[1] for noise in (noisy, -noisy))
        assert torch.equal(plain, other) == (level == 1)


def test_it_starts_knowing_nothing(volume):
    """Untrained, the field is zero and the odds are even, whatever is asked."""
    field, logit = ask(initial_weights(SHAPE, torch.Generator().manual_seed(0)), *volume)
    assert not field.any()
    assert not logit.any()


def test_of_two_values_it_starts_with_what_each_voxel_says(volume):
    """Untrained, the odds are those of the noisy value alone, and even where an earlier phase lies."""
    shape = replace(SHAPE, by_chance=True)
    noisy, context = volume
    _, logit = ask(initial_weights(shape, torch.Generator().manual_seed(0)), noisy, context, shape=shape)
    assert torch.equal(logit, evidence(noisy, torch.tensor([0.5])) * (context <= 0))


@pytest.mark.parametrize(("periodic", "mode"), [(True, "wrap"), (False, "constant")])
def test_neighbours_amend_the_odds_by_their_mean_field(volume, periodic, mode):
    """Each of the six shares alone, beside what a filter of SciPy gives; earlier phases count as zero."""
    shape = replace(SHAPE, by_chance=True)
    noisy, context = volume
    weights = initial_weights(shape, torch.Generator().manual_seed(0))
    before = ask(weights, noisy, context, shape=shape, periodic=periodic)[1][0, 0].numpy()
    mean = np.tanh(before / 2) * (context[0, 0] <= 0).numpy()
    six = ndimage.convolve(mean, ndimage.generate_binary_structure(3, 1) / 6, mode=mode) - mean / 6
    all_ = ndimage.uniform_filter(mean, 3, mode=mode)
    for number, expected in enumerate((mean, six, all_, mean * six**2, six**3, all_**3)):
        weights["neighbours.bias"] = 0.25 * torch.eye(6)[number]
        after = ask(weights, noisy, context, shape=shape, periodic=periodic)[1][0, 0].numpy()
        assert np.allclose(after - before, expected, atol=1e-4)
