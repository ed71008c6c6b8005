"""The networks: their shape, what moves with what, and what they start as."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage

from ragone.models.generator.network import Shape, clean_field, initial_weights, log_odds

GROWN = Shape(context_count=0, condition_count=2, widths=(8, 16), depths=(1, 1), patch=2)
FILLED = replace(GROWN, context_count=1)
CONDITION = torch.tensor([[0.3, -0.7]])


@pytest.fixture(params=[1, 3])
def answer(request):
    """What a network of a shape says; no weight is zero; at last its blocks mix channels alone, or patches too."""

    def ask(shape, volume, *, periodic=True, level=0.5, condition=CONDITION):
        shape, source = replace(shape, mixing=request.param), torch.Generator().manual_seed(1)
        weights = {name: 0.2 * torch.randn(size, generator=source) for name, size in shape.sizes().items()}
        if shape.by_chance:
            return (log_odds(weights, shape, volume, condition, periodic=periodic),)
        return clean_field(weights, shape, volume, torch.tensor([level]), condition, periodic=periodic)

    return ask


@pytest.fixture
def volume():
    """A noisy field, or one of an earlier phase."""
    return torch.randn((1, 1, 16, 12, 8), generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("shape", [GROWN, FILLED])
def test_a_periodic_volume_has_no_origin(answer, volume, shape):
    """Rolled by whole granules, the answer is rolled alike; without periodicity it is not."""
    rolls = {"shifts": (4, 8, 4), "dims": (2, 3, 4)}
    for periodic in (True, False):
        plain, rolled = (answer(shape, given, periodic=periodic) for given in (volume, volume.roll(**rolls)))
        alike = [bool(torch.allclose(a.roll(**rolls), b, atol=1e-5)) for a, b in zip(plain, rolled, strict=True)]
        assert set(alike) == {periodic}


@pytest.mark.parametrize("shape", [GROWN, FILLED])
def test_the_answer_has_the_size_of_the_question(answer, volume, shape):
    """Any edge that is a multiple of the granule."""
    assert all(part.shape == volume.shape for part in answer(shape, volume))
    assert shape.granule == 4


@pytest.mark.parametrize("shape", [GROWN, FILLED])
def test_what_is_shown_and_the_recipe_matter(answer, volume, shape):
    """Both enter; what would make a conditional network unconditional."""
    plain = answer(shape, volume)
    for other in (answer(shape, -volume), answer(shape, volume, condition=-CONDITION)):
        assert not any(torch.allclose(a, b) for a, b in zip(plain, other, strict=True))


def test_the_noise_level_matters(answer, volume):
    """The same values mean something else under more noise."""
    plain, other = (answer(GROWN, volume, level=level) for level in (0.5, 0.6))
    assert not any(torch.allclose(a, b) for a, b in zip(plain, other, strict=True))


def test_they_start_knowing_nothing(volume):
    """Untrained, the field is zero and the odds are even, whatever is asked."""
    grown, filled = (initial_weights(shape, torch.Generator().manual_seed(0)) for shape in (GROWN, FILLED))
    assert not any(part.any() for part in clean_field(grown, GROWN, volume, torch.ones(1), CONDITION, periodic=True))
    assert not log_odds(filled, FILLED, volume, CONDITION, periodic=True).any()


@pytest.mark.parametrize(("periodic", "mode"), [(True, "wrap"), (False, "constant")])
def test_neighbours_amend_the_odds_by_their_mean_field(volume, periodic, mode):
    """Each of the six shares alone, beside what a filter of SciPy gives; earlier phases count as zero."""

    def ask():
        return log_odds(weights, FILLED, volume, CONDITION, periodic=periodic)[0, 0].numpy()

    weights = initial_weights(FILLED, torch.Generator().manual_seed(0))
    weights["out.weight"] = 0.2 * torch.randn(FILLED.sizes()["out.weight"], generator=torch.Generator().manual_seed(3))
    before = ask()
    mean = np.tanh(before / 2) * (volume[0, 0] < 0).numpy()
    six = ndimage.convolve(mean, ndimage.generate_binary_structure(3, 1) / 6, mode=mode) - mean / 6
    all_ = ndimage.uniform_filter(mean, 3, mode=mode)
    for number, expected in enumerate((mean, six, all_, mean * six**2, six**3, all_**3)):
        weights["neighbours.bias"] = 0.25 * torch.eye(6)[number]
        assert np.allclose(ask() - before, expected, atol=1e-4)
        assert np.abs(expected).max() > 0.01
