"""Run a stand-in campaign in a process of its own: ``campaign_script.py LAKE EXECUTOR KILL_AFTER``.

After so many units of work the process kills itself, the hard way; never, if it is 0.
"""

from __future__ import annotations

import os
import signal
import sys

import electrode_stand_ins
import pytest

from ragone.dataset import Lake
from ragone.flows import Silent, run_campaign

electrode_stand_ins.register(pytest.MonkeyPatch())  # here, so that spawned workers know them too


class KillsItself(Silent):
    def __init__(self, after: int) -> None:
        self._left = after

    def advanced(self) -> None:
        """End at the right moment."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main(path: str, kind: str, kill_after: str) -> None:
    """Run it."""
    study = electrode_stand_ins.study(executor={"kind": kind, "workers": 2})
    with Lake.open(path, create=True) as lake:
        print(run_campaign(lake, study, KillsItself(int(kill_after))).campaign.id)


if __name__ == "__main__":
    main(*sys.argv[1:])
