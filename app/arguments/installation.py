"""The arguments of what concerns this installation."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ragone.app.completion.script import SHELLS


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument("shell", choices=SHELLS, help="the shell that completes")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {"completion": _completion}
