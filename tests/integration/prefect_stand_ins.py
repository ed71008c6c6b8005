"""The flows of Ragone where the cheap stages are known: what a worker loads in place of `ragone.flows.deployed`."""

from __future__ import annotations

import electrode_stand_ins
import pytest

from ragone.flows import deployed

electrode_stand_ins.register(pytest.MonkeyPatch())


def __getattr__(name: str) -> object:
    return getattr(deployed, name)
