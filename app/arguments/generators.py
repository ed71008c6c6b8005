"""The arguments of what is done with generators of microstructures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping


def _train(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params",
        nargs="?",
        default="params/generator.yaml",
        metavar="PARAMS",
        help="for how long, and what is simulated unless --where says otherwise (default: %(default)s)",
    )
    command.add_argument(
        "--where",
        metavar="CONDITION",
        help="train on the microstructures that it finds, for example \"source LIKE 'imported%%'\"",
    )
    command.add_argument("--at", metavar="SNAPSHOT", default="", help="the state of the lake that --where queries")
    command.add_argument(
        "--crop", type=int, metavar="VOXELS", help="cut the volumes into cubes of that edge first: one image is enough"
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="PATH=VALUE",
        help="a value below `generator` instead of the file's, for example training.width=32; may be repeated",
    )
    command.add_argument(
        "--baseline", type=int, metavar="STEPS", help="train a SliceGAN-style generator instead, for so many steps"
    )
    command.add_argument("--device", default="", metavar="NAME", help="cpu or cuda (default: cuda if there is one)")
    command.add_argument("--export", metavar="DIR", help="also write weights and record as files")
    command.add_argument("--png", metavar="FILE", help="draw the loss into a PNG file")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "train-generator": _train,
}
