"""Weights as bytes: what comes back, and what is refused before a number of it is used."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import pytest

from ragone.models.generator.errors import WeightsError
from ragone.models.generator.networks import networks_of
from ragone.models.generator.shipped import default_generator
from ragone.models.generator.weights import FORMAT_VERSION, from_bytes, to_bytes

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


def with_header(content, **changes):
    """The same bytes with parts of the header replaced."""
    size = int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8 : 8 + size]) | changes).encode()
    return len(header).to_bytes(8, "little") + header + content[8 + size :]


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        ({"dtype": "F32", "shape": [-2, -3], "data_offsets": [0, 24]}, "a shape of whole numbers that fills its bytes"),
        ({"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 24]}, "that fills its bytes"),
        ({"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 24]}, "that fills its bytes"),
        ({"dtype": "F32", "shape": [True, 6], "data_offsets": [0, 24]}, "that fills its bytes"),
        ({"dtype": "F32", "shape": [1] * 9 + [6], "data_offsets": [0, 24]}, "that fills its bytes"),
        ({"dtype": "I64", "shape": [3], "data_offsets": [0, 24]}, "one of F16, BF16, F32, F64 was expected"),
        (
            {"dtype": "F32", "shape": [4], "data_offsets": [8, 24]},
            "'a' begins at byte 8, not at 0 where the last",
        ),
        ({"dtype": "F32", "shape": [5], "data_offsets": [0, 20]}, "the tensors take 20 bytes and 24 are there"),
        ([], "is described by"),
    ],
)
def test_a_tensor_that_its_bytes_do_not_hold_is_refused(content, tensor, said):
    """Before it is made; what the header says of it is told."""
    with pytest.raises(WeightsError, match=said):
        from_bytes(with_header(content, a=tensor), ARCHITECTURE)


def test_a_header_is_limited(content):
    """To a megabyte, before it is decoded."""
    large = (2**20 + 1).to_bytes(8, "little") + bytes(2**20 + 100)
    with pytest.raises(WeightsError, match="are not a whole safetensors file"):
        from_bytes(large, ARCHITECTURE)
    with pytest.raises(WeightsError, match="description of a generator"):
        from_bytes(with_header(content, __metadata__={"ragone": "[" * 5000}), ARCHITECTURE)


@pytest.mark.parametrize("settings", [{"units": []}, {"units": [{"width": 8}] * 2, "grains": []}, {"units": "ab"}])
def test_weights_whose_settings_are_those_of_something_else_are_refused(settings):
    """Before a network is made of them."""
    import torch

    weights = to_bytes({"phase1.trunk.a": torch.zeros(2)}, ARCHITECTURE, settings)
    with pytest.raises(WeightsError, match="do not describe phase 1"):
        networks_of(replace(default_generator(), weights=weights), 0, "cpu")


def test_weights_of_other_shapes_than_their_settings_say_are_refused():
    """The width decides the shapes, and the shapes are those of the tensors."""
    import torch

    units = {"width": 2**40, "field_scales": [1], "condition_middle": [0.0], "condition_half_range": [1.0]}
    settings = {"units": [units, units], "grains": [0.0, 0.0]}
    weights = to_bytes({"phase1.trunk.a": torch.zeros(2)}, ARCHITECTURE, settings)
    with pytest.raises(WeightsError, match="not of the shapes in their settings"):
        networks_of(replace(default_generator(), weights=weights), 0, "cpu")
