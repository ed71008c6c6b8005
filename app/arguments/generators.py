"""The arguments of what is done with generators of microstructures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ragone.app.arguments.shared import settings

_REQUIRED = ("active-material-weight-fraction", "porosity")
_RECIPE = {  # as `ragone.schemas.Recipe` has them, which is not loaded for the sake of a help text
    "active-material-weight-fraction": "active material over all solids, by mass",
    "porosity": "pore volume over coating volume, nanopores included",
    "binder-adhesion": "0: carbon-binder in aggregates; 1: a film on the particles (default: 0.5)",
    "median-particle-radius": "for example '5 um' (default: 4 um)",
    "particle-radius-spread": "standard deviation of the logarithm of the radius (default: 0.2)",
    "particle-shape": "sphere, ellipsoid or plate (default: sphere)",
    "particle-aspect-ratio": "longest over shortest axis (default: 1)",
    "aggregate-length": "size of aggregates of carbon-binder (default: 0.8 um)",
}


def _train(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params",
        nargs="?",
        metavar="PARAMS",
        help="training plan, and what is simulated unless there is --where (default: that of Ragone's own generator)",
    )
    command.add_argument(
        "--where",
        metavar="CONDITION",
        help="train on the microstructures that it finds, for example \"source LIKE 'imported%%'\"",
    )
    command.add_argument("--at", metavar="SNAPSHOT", default="", help="the state of the lake that --where queries")
    command.add_argument(
        "--crop",
        type=int,
        metavar="VOXELS",
        help="cut the volumes to that edge first: one image is enough",
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


def _fidelity(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "generator", metavar="GENERATOR", help="an id, or `default` for the one that comes with Ragone"
    )
    command.add_argument(
        "--against", nargs="+", default=[], metavar="GENERATOR", help="other generators, for comparison"
    )
    command.add_argument("--seeds", type=int, metavar="N", help="volumes of each condition and sample (default: 8)")
    command.add_argument(
        "--edge",
        type=int,
        metavar="VOXELS",
        help="of each volume (default: 96); volumes that are named are cut to that edge (default: as they are)",
    )
    command.add_argument(
        "--conditions", metavar="N|FILE", help="the first N of the recipes that come with Ragone, or recipes in a file"
    )
    command.add_argument("--beyond", action="store_true", help="recipes outside the default's training ranges")
    command.add_argument("--volumes", nargs="+", default=[], metavar="ID", help="held-out volumes, as the real ones")
    command.add_argument("--where", metavar="CONDITION", help="the same by a condition on the microstructures")
    command.add_argument("--raw", action="store_true", help="also volumes whose fractions are left to the generator")
    command.add_argument("--workers", type=int, default=1, metavar="N", help="processes that measure (default: 1)")
    command.add_argument("--png", metavar="FILE", default="fidelity.png", help="default: %(default)s")


def _draw(command: argparse.ArgumentParser) -> None:
    for word, what in _RECIPE.items():
        command.add_argument(f"--{word}", required=word in _REQUIRED, metavar="VALUE", help=what)
    settings(command, "any other field of a recipe, with its unit; may be repeated")
    command.add_argument("--generator", default="default", metavar="ID", help="default: the one that comes with Ragone")
    command.add_argument("--edge", type=int, default=128, metavar="VOXELS", help="of the volume (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    command.add_argument("--simulate", action="store_true", help="simulate the volume instead, in equal voxels")
    command.add_argument("--png", metavar="FILE", help="draw a slice into a PNG file")


def _calibrate(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "generator", metavar="GENERATOR", help="an id, or `default` for the one that comes with Ragone"
    )
    command.add_argument(
        "--params",
        metavar="PARAMS",
        help="file whose simulation gives the training volumes again (default: that of Ragone's own generator)",
    )
    command.add_argument(
        "--beyond", action="store_true", help="also validate the prediction at recipes outside the training ranges"
    )
    command.add_argument("--into", metavar="FILE", help="write it into the JSON file of an exported generator")
    command.add_argument("--png", metavar="FILE", default="reliability.png", help="default: %(default)s")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "generator train": _train,
    "generator draw": _draw,
    "generator calibrate": _calibrate,
    "generator fidelity": _fidelity,
}
