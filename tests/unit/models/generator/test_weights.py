"""Weights as bytes: what comes back, and what is refused before a number of it is used."""

from __future__ import annotations

import json
import pickle

import pytest

from models.generator.errors import WeightsError
from models.generator.weights import FORMAT_VERSION, from_bytes, to_bytes

ARCHITECTURE = "phase_by_phase"


@pytest.fixture
def content():
    """Some weights."""
    import torch

    return to_bytes({"a": torch.arange(6.0).reshape(2, 3)}, ARCHITECTURE, {"width": 8})


def test_weights_come_back(content):
    """With their shape, and the settings that they were stored with."""
    tensors, settings = from_bytes(content, ARCHITECTURE)
    assert tensors["a"].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert settings == {"width": 8}


@pytest.mark.parametrize("kept", [0, 5, 40, -1])
def test_a_truncated_file_is_refused(content, kept):
    """Wherever it was cut."""
    with pytest.raises(WeightsError, match=r"safetensors|cut short"):
        from_bytes(content[:kept], ARCHITECTURE)


def test_a_pickle_is_refused_and_not_opened():
    """Its bytes are never given to an unpickler."""
    with pytest.raises(WeightsError, match="safetensors"):
        from_bytes(pickle.dumps({"a": 1}) + bytes(100), ARCHITECTURE)


def test_another_architecture_is_refused(content):
    """The message names both."""
    with pytest.raises(WeightsError, match="'phase_by_phase', not 'slice_gan'"):
        from_bytes(content, "slice_gan")


def test_another_format_version_is_refused(content):
    """The message names both."""
    header = json.dumps({"architecture": ARCHITECTURE, "format_version": FORMAT_VERSION})[1:-1].replace('"', '\\"')
    other = header.replace(f"{FORMAT_VERSION}", f"{FORMAT_VERSION + 1}")
    assert header.encode() in content
    with pytest.raises(WeightsError, match=f"version {FORMAT_VERSION + 1}"):
        from_bytes(content.replace(header.encode(), other.encode()), ARCHITECTURE)


def test_safetensors_without_our_description_are_refused():
    """Weights of something else."""
    import safetensors.torch
    import torch

    with pytest.raises(WeightsError, match="description"):
        from_bytes(safetensors.torch.save({"a": torch.zeros(2)}), ARCHITECTURE)
