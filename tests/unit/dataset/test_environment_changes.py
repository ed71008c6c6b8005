"""What a reproduction says of the environment: what somebody changed, and nothing that workers of ours set."""

from __future__ import annotations

import os
from importlib import metadata

import lake_stages as stages
import pytest

from ragone.dataset import environment

THREADS = "OMP_NUM_THREADS"


@pytest.fixture
def made(lake, design, monkeypatch):
    """Compute something while a variable has a value, and clear the variable again; gives the id."""

    def make(name=THREADS, value=None):
        for variable in environment.THREAD_VARIABLES:
            monkeypatch.delenv(variable, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
        _forget()
        found = lake.run(stages.grow, design=lake.put(design()), seed=3).id
        monkeypatch.delenv(name, raising=False)
        return found

    yield make
    _forget()


def _forget():
    environment.environment_at.cache_clear()


def test_thread_counts_of_a_worker_are_followed_and_not_named(lake, made):
    """A worker was given one thread and nobody set a count here: it is computed with one again, and nothing changed."""
    assert lake.reproduce(made(value="1")).environment_changed == ()


@pytest.mark.parametrize("recorded", ["1", None])
def test_a_thread_count_that_the_user_set_is_named(lake, made, monkeypatch, recorded):
    """It is kept, and it is a difference."""
    name = made(value=recorded)
    monkeypatch.setenv(THREADS, "2")
    assert lake.reproduce(name).environment_changed == (f"{THREADS}: {recorded or 'absent'} -> 2",)


@pytest.mark.parametrize("recorded", [str((os.cpu_count() or 1) + 1), "0", "many"])
def test_a_thread_count_that_does_not_fit_this_machine_is_not_followed(lake, made, recorded):
    """A lake may be a stranger's: the count is named as a difference instead."""
    assert lake.reproduce(made(value=recorded)).environment_changed == (f"{THREADS}: {recorded} -> absent",)


def test_another_version_of_a_library_is_named(lake, made, monkeypatch):
    """With both versions."""
    present = metadata.version("numpy")
    with monkeypatch.context() as earlier:
        known = metadata.PathDistribution.metadata.fget
        earlier.setattr(metadata.PathDistribution, "metadata", property(lambda d: _earlier(known(d), numpy="1.0")))
        name = made()
    assert lake.reproduce(name).environment_changed == (f"numpy: 1.0 -> {present}",)


def _earlier(about, **versions):
    if about["Name"] in versions:
        about.replace_header("Version", versions[about["Name"]])
    return about
