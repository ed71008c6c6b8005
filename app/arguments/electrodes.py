"""The arguments of what is done with microstructures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from app.arguments.shared import artifact, origin


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", metavar="FILE", help="a segmented volume: .tif, .tiff or .npy; axis 0 is through-plane"
    )
    command.add_argument(
        "--voxel-size", required=True, metavar="LENGTH", help="edge of one voxel, for example '0.39 um'"
    )
    command.add_argument(
        "--phases",
        required=True,
        metavar="MAP",
        help="label=phase, for example 0=pore,85=active_material,170=carbon_binder",
    )
    origin(command)
    command.add_argument(
        "--mass-loading", default="20 mg/cm^2", metavar="LOADING", help="of one coated side (default: %(default)s)"
    )
    command.add_argument("--power", default="40 W", help="delivered by the whole cell (default: %(default)s)")
    command.add_argument("--only-store", action="store_true", help="store the volume; run no stage")


def _measure(command: argparse.ArgumentParser) -> None:
    artifact(command)
    command.add_argument(
        "--what",
        default="transport,tensor,geometry",
        metavar="NAME,NAME,...",
        help="of transport, tensor, geometry, walk (default: %(default)s)",
    )
    command.add_argument(
        "--periodic", action="store_true", help="the volume repeats itself, as a packing does: full tensor"
    )
    command.add_argument("--seed", type=int, default=0, help="of the random walkers (default: %(default)s)")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "import": _import,
    "measure": _measure,
}
