"""Arguments that several groups of commands have."""

from __future__ import annotations

import argparse


def artifact(command: argparse.ArgumentParser) -> None:
    """The id of something stored."""
    command.add_argument("id", metavar="ID", help="an artifact or run; may be shortened")


def origin(command: argparse.ArgumentParser) -> None:
    """Add the options that say where data come from."""
    command.add_argument("--source", default="", help="title and address of the data (default: the file's name)")
    command.add_argument("--licence", default="unknown", help="SPDX identifier, for example MIT (default: %(default)s)")


def particulars(command: argparse.ArgumentParser) -> None:
    """Add the options that say of a crate what its records do not know."""
    command.add_argument(
        "--author", action="append", default=[], metavar="'NAME <ORCID>'", help="who made it; may be repeated"
    )
    command.add_argument(
        "--licence", default="", metavar="SPDX", help="of what is yours, for example CC-BY-4.0 (default: none yet)"
    )
    command.add_argument(
        "--publisher", default="", metavar="NAME", help="your institution, until a repository takes its place"
    )
    command.add_argument("--title", default="", metavar="TEXT", help="in place of one that is made from the records")


def settings(command: argparse.ArgumentParser, help: str) -> None:
    """Values by name."""
    command.add_argument("--set", action="append", default=[], dest="settings", metavar="NAME=VALUE", help=help)


def materials(command: argparse.ArgumentParser, option: str, whose: str) -> None:
    """Bulk properties of solids."""
    command.add_argument(
        option,
        action="append",
        default=[],
        metavar="ID|NAME=VALUE",
        help=f"{whose}: stored ones, nmc-811-nanoporous, or active_material_density='3600 kg/m^3'; may be repeated",
    )
