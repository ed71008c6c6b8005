"""Arguments that several groups of commands have."""

from __future__ import annotations

import argparse


def artifact(command: argparse.ArgumentParser) -> None:
    """The id of something stored."""
    command.add_argument("id", metavar="ID", help="an artifact or run; may be shortened")


def origin(command: argparse.ArgumentParser) -> None:
    """Where data come from."""
    command.add_argument("--source", default="", help="title and address of the data (default: the file's name)")
    command.add_argument("--licence", default="unknown", help="SPDX identifier, for example MIT (default: %(default)s)")
