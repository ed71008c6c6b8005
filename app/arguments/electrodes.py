"""The arguments of what is done with microstructures."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping

from ragone.app.arguments.shared import artifact, materials, origin, settings

_NEGATIVE = re.compile(r"-\d")  # `--phases -1=pore` begins with a label, not with an option


def _import(command: argparse.ArgumentParser) -> None:
    command._negative_number_matcher = _NEGATIVE
    command.add_argument(
        "file",
        metavar="FILE",
        help="a segmented volume: TIFF, NPY, NPZ, HDF5, MATLAB, NRRD, MHA, NIfTI, VTI, Zarr, raw, a folder of slices",
    )
    command.add_argument(
        "--phases",
        required=True,
        metavar="MAP",
        help="label=phase, for example 0=pore,85=active_material,170=carbon_binder; spans too: 0..127=pore",
    )
    command.add_argument(
        "--voxel-size",
        metavar="LENGTH",
        help="edge, '0.39 um', or edges along the axes as read, '0.8 um, 0.4 um, 0.4 um' (default: what the file says)",
    )
    command.add_argument(
        "--axis", default="", metavar="AXIS", help="through-plane axis: 0, 1, 2, or its letter if the file has any"
    )
    command.add_argument(
        "--outside", metavar="LABELS", help="labels around the sample, 3 or 250..255: a box is cut out"
    )
    command.add_argument("--crop", default="", metavar="BOX", help="part to read, in voxels: 10:90,0:64,:")
    command.add_argument("--trim", action="store_true", help="cut away slices of one single label at the ends")
    command.add_argument(
        "--subvoxels",
        type=int,
        default=1,
        metavar="N",
        help="parts of a voxel along each edge, grey values interpolated between them (default: %(default)s)",
    )
    command.add_argument("--path", default="", help="array inside a container that holds several")
    command.add_argument("--raw", default="", metavar="LAYOUT", help="of voxels without header: '24x32x40 uint8'")
    command.add_argument(
        "--largest-size", default="256 MB", metavar="SIZE", help="decoded voxels that are read (default: %(default)s)"
    )
    origin(command)
    command.add_argument(
        "--mass-loading", default="20 mg/cm^2", metavar="LOADING", help="of one coated side (default: %(default)s)"
    )
    materials(command, "--materials", "of the electrode (default: NMC 811, or what the parameter set is of)")
    settings(command, "of the cell's design, with its unit, for example form_factor=21700; may be repeated")
    command.add_argument("--power", default="40 W", help="delivered by the whole cell (default: %(default)s)")
    command.add_argument("--only-store", action="store_true", help="store the volume; run no stage")


def _measure(command: argparse.ArgumentParser) -> None:
    artifact(command)
    command.add_argument(
        "--what",
        default="transport,tensor,geometry",
        metavar="NAME,NAME,...",
        help="of transport, voxels, tensor, geometry, walk, electrode (default: %(default)s)",
    )
    command.add_argument(
        "--periodic", action="store_true", help="the volume repeats itself, as a packing does: full tensor"
    )
    materials(command, "--materials", "of a volume that was not drawn (default: NMC 811)")
    command.add_argument("--seed", type=int, default=0, help="of the random walkers (default: %(default)s)")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "import": _import,
    "measure": _measure,
}
