"""The words of the command line: every command, its arguments and its help. Imports nothing but argparse."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

COMMANDS = {
    "demo": "run the study of params.yaml in a few minutes and reproduce its best result",
    "run": "run a study, or go on with one that was stopped",
    "import": "bring a segmented TIFF or NPY volume in, and run it through all stages",
    "import-measurement": "bring a cycler's file in, checked: Battery Data Format, text, MATLAB or Excel",
    "cases": "the three case studies of Kench et al. (2024), published figures beside ours, with pictures",
    "powers": "designs at many powers: their Ragone curves, where they cross, with a picture",
    "bruggeman": "what a model gets wrong that takes tortuosity from porosity, with a picture",
    "represent": "say how large a cube, how many of them and how fine a voxel a target needs, with a picture",
    "measure": "measure a microstructure: transport with certified intervals, tensor, geometry, random walkers",
    "cell": "build a cell of a measured electrode, a parameter set or a BPX file: what it is made of, and as BPX",
    "cycle": "do a protocol with a cell: charge, discharge, pulses, rests, a drive profile; step by step",
    "kpis": "read KPIs off curves, spectra and cells: value, uncertainty, window and id, side by side",
    "thermal": "say where a cell's heat comes from, how warm it gets under a load, and whether it runs away",
    "compare": "the model of a cell beside measured discharges: voltages and KPIs, with a picture",
    "impedance": "simulate the impedance of a cell or import a measured one, and split its resistance",
    "query": "answer one SELECT over the lake's tables",
    "show": "show a record; a microstructure as a picture, a discharge as a curve",
    "lineage": "show what an artifact was made of, and what was made of it",
    "reproduce": "compute an artifact again, compare, and store the verdict",
    "why": "say why an artifact was computed, and whether it would be reused",
    "snapshot": "freeze what the lake holds now under one id",
    "drop": "drop the data of computed artifacts, keeping how to make them again",
    "fsck": "check every file of the lake against its name",
    "rebuild": "make all tables again from objects and runs",
    "doctor": "check this installation: versions, telemetry, write access, a self-test",
}
DESCRIPTION = "Designs lithium-ion electrodes in a closed loop, and can reproduce every number it ever printed."
FORMATS = ("table", "json", "csv", "parquet")


class _Parser(argparse.ArgumentParser):
    """Complains in one block: what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        given, separator, known = message.partition(" (choose from ")
        if separator and "invalid choice: " in given:
            word = given.rpartition("invalid choice: ")[2].strip("'\"")
            close = get_close_matches(word, COMMANDS if "command" in given else FORMATS, n=1)
            message = f"{given}; did you mean {close[0]!r}?" if close else f"{given}; known are: {known.rstrip(')')}."
        print(f"ragone: {message}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="ragone", description=DESCRIPTION, epilog="Ids may be shortened while they are unambiguous.")
    top.add_argument("--version", action="version", version=_version())
    commands = top.add_subparsers(dest="command", metavar="command", required=True, parser_class=_Parser)
    shared = _shared()
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", parents=[shared])
        _ARGUMENTS[name](command)
    return top


def _version() -> str:
    try:
        return f"ragone {version('ragone')}"
    except PackageNotFoundError:
        return "ragone (not installed)"


def _shared() -> _Parser:
    shared = _Parser(add_help=False)
    group = shared.add_argument_group("everywhere")
    group.add_argument(
        "--lake",
        metavar="DIR",
        default=None,
        help="the lake (default: the environment's RAGONE_LAKE, or ./lake)",
    )
    group.add_argument("--json", action="store_true", help="answer as JSON on standard output")
    group.add_argument("--quiet", action="store_true", help="no progress and no advice")
    return shared


def _demo(command: argparse.ArgumentParser) -> None:
    _study(command)
    command.add_argument(
        "--outputs", metavar="DIR", default="demo", help="folder of what it makes (default: %(default)s)"
    )


def _run(command: argparse.ArgumentParser) -> None:
    _study(command)
    command.add_argument(
        "--outputs", metavar="DIR", help="also write metrics, trials and lake lock here (what DVC tracks)"
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="PATH=VALUE",
        help="a value below `study` instead of the file's, for example objective.power='10 W'; may be repeated",
    )
    command.add_argument("--prefect-api", metavar="URL", default="", help="a Prefect server on which the run shows up")


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
    _origin(command)
    command.add_argument(
        "--mass-loading", default="20 mg/cm^2", metavar="LOADING", help="of one coated side (default: %(default)s)"
    )
    command.add_argument("--power", default="40 W", help="delivered by the whole cell (default: %(default)s)")
    command.add_argument("--only-store", action="store_true", help="store the volume; run no stage")


def _import_measurement(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="of one cell: .csv, .parquet, .txt, .mpt, .mat, .xlsx or .res")
    command.add_argument(
        "--path", default="", metavar="NAME", help="of a MATLAB struct (such as T25.cRate_1C) or a sheet in the file"
    )
    command.add_argument(
        "--select", default="", metavar="COLUMN=VALUE", help="the cell, channel or test if the rows are of several"
    )
    command.add_argument("--cell", default="", metavar="NAME", help="which cell it is (default: the file's name)")
    _origin(command)
    command.add_argument("--capacity", metavar="CAPACITY", help="nominal, what 1C refers to, for example '5 A*h'")
    command.add_argument("--ambient", metavar="TEMPERATURE", help="of the chamber, for example '25 degC'")
    command.add_argument(
        "--units", default="", metavar="MAP", help="outrank those of the file, for example voltage=mV,current=mA,time=h"
    )
    command.add_argument("--flip-current", action="store_true", help="the file counts discharge positive")
    command.add_argument(
        "--largest-size", default="1 GB", metavar="SIZE", help="larger files are refused unread (default: %(default)s)"
    )


def _represent(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject",
        nargs="?",
        default="params.yaml",
        metavar="PARAMS|ID",
        help="a study (the middle of its space), a design or a microstructure (default: %(default)s)",
    )
    command.add_argument(
        "--params",
        metavar="FILE",
        help="the study whose engines and executor an id is measured with (default: params.yaml for a design; "
        "default engine and no workers for a microstructure)",
    )
    command.add_argument("--sizes", metavar="N,N,...", help="edges in voxels (default: 32,48,64,96,128)")
    command.add_argument("--cubes", type=int, metavar="N", help="cubes of each size (default: 16)")
    command.add_argument(
        "--cuts", type=int, metavar="N", help="of each size cut from one of the largest cubes of a design (default: 8)"
    )
    command.add_argument(
        "--voxels", metavar="R,R,...", help="voxel sizes over the study's (default: 0.5,1,2; of an image 1,2,4)"
    )
    command.add_argument("--structures", type=int, metavar="N", help="seen at these voxel sizes (default: 4; 0: none)")
    command.add_argument("--voxel-edge", type=int, metavar="N", help="their edge in voxels of the study (default: 64)")
    command.add_argument("--metric", help="a field of transport (default: pore_tortuosity_factor)")
    command.add_argument("--target", metavar="SHARE", help="largest relative error of the mean (default: 1 %%)")
    command.add_argument("--confidence", metavar="SHARE", help="of the target and of all intervals (default: 95 %%)")
    command.add_argument("--fit-from", type=int, metavar="N", help="smaller cubes enter no fit (default: all do)")
    command.add_argument("--cost-exponent", type=float, metavar="P", help="cost of a cube ~ edge^P (default: 3)")
    command.add_argument("--png", metavar="FILE", default="representativity.png", help="default: %(default)s")


def _cases(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params", nargs="?", default="params", metavar="FOLDER", help="of the parameter files (default: %(default)s)"
    )
    command.add_argument("--outputs", metavar="DIR", default="cases", help="of the pictures (default: %(default)s)")


def _powers(command: argparse.ArgumentParser) -> None:
    command.add_argument("params", metavar="PARAMS", help="the study that says how a design becomes a cell")
    command.add_argument("ids", nargs="+", metavar="ID", help="designs, or campaigns for their best one")
    command.add_argument(
        "--at",
        default="5,10,20,40,60,80,100,150,200,300",
        metavar="POWERS",
        help="of the whole cell, in W or with a unit, between commas (default: %(default)s)",
    )
    command.add_argument("--kpi", default="energy_density", help="that is shown and drawn (default: %(default)s)")
    command.add_argument("--png", metavar="FILE", help="draw the curves into a PNG file")


def _bruggeman(command: argparse.ArgumentParser) -> None:
    _study(command)
    command.add_argument(
        "--porosities", default="0.25,0.3,0.35,0.4,0.45,0.5", metavar="NUMBERS", help="default: %(default)s"
    )
    command.add_argument(
        "--rates",
        default="0.2,0.5,1,2,3,4",
        metavar="NUMBERS",
        help="currents over the nominal capacity [1/h] (default: %(default)s)",
    )
    command.add_argument("--kpi", default="energy_density", help="that is compared (default: %(default)s)")
    command.add_argument("--png", metavar="FILE", help="draw the comparison into a PNG file")


def _measure(command: argparse.ArgumentParser) -> None:
    _id(command)
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


def _cell(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject",
        nargs="?",
        default="",
        metavar="ID",
        help="a transport, or a design or microstructure that was measured; a cell to show or write it; "
        "nothing for the parameter set's own cell",
    )
    command.add_argument(
        "--recipe",
        metavar="TEXT",
        help="instead of an id, for example 'active_material_weight_fraction=0.96, porosity=30 %%, "
        "mass_loading=20 mg/cm^2'; with --ideal unless it was measured",
    )
    command.add_argument("--loading", metavar="LOADING", help="of one coated side, for example '20 mg/cm^2'")
    command.add_argument("--form-factor", metavar="NAME", help="4680, 21700, 18650 or pouch (default: 4680)")
    command.add_argument("--parameter-set", metavar="NAME", help="of PyBaMM, for example Chen2020 (the default)")
    command.add_argument("--bpx", metavar="FILE", help="a BPX file instead of a parameter set")
    command.add_argument("--half-cell", action="store_true", help="against lithium metal")
    command.add_argument("--ideal", action="store_true", help="of a design: Bruggeman's relation, nothing measured")
    _settings(command, "of the stage, with its unit, for example electrolyte_excess=0.2; may be repeated")
    command.add_argument("--to-bpx", metavar="FILE", help="write the cell as a BPX 1.1 file")


def _cycle(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="CELL_ID", help="cell parameters; may be shortened")
    command.add_argument(
        "--protocol",
        metavar="NAME",
        help="constant-current, constant-power, charge, cycle, fast-charge, rate-test, pulse, gitt, rest or drive "
        "(default: cycle; drive if there is a profile)",
    )
    _settings(command, "of the protocol, with its unit, for example power_watt='20 W' or rates=1,2,3; may be repeated")
    command.add_argument(
        "--step",
        action="append",
        default=[],
        dest="steps",
        metavar="TEXT",
        help="instead of a protocol, for example 'Discharge at 1C until 2.5 V' or 'repeat 3: ...; ...'; repeat it",
    )
    command.add_argument(
        "--profile", default="", metavar="FILE|ID", help="a measured curve, or its file, that 'Run profile' follows"
    )
    command.add_argument("--ambient", metavar="TEMPERATURE", help="for example '25 degC' (default: 298.15 K)")
    _heat(command)
    command.add_argument("--initial-soc", metavar="SHARE", help="for example 1 or '50 %%' (default: the protocol's)")
    command.add_argument("--png", metavar="FILE", help="draw voltage, current and plating margin into a PNG file")


def _kpis(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="curves, spectra or cells; may be shortened")
    command.add_argument("--what", default="", metavar="NAME,NAME,...", help="which KPIs (default: all that apply)")
    command.add_argument(
        "--cell", default="", metavar="ID", help="the cell parameters of curves that were not computed from a cell"
    )
    _settings(command, "a parameter of a KPI with its unit, for example cell_mass_kilogram='69 g'; may be repeated")
    command.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")
    command.add_argument("--png", metavar="FILE", help="draw the curves and their dQ/dV into a PNG file")


def _thermal(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="CELL_ID", help="cell parameters; may be shortened")
    command.add_argument("--power", metavar="POWER", help="delivered by the whole cell, for example '20 W'")
    command.add_argument("--c-rate", type=float, metavar="RATE", help="current over nominal capacity; or --power")
    command.add_argument(
        "--h", default="10 W/m^2/K", metavar="COEFFICIENT", help="heat transfer to the ambient (default: %(default)s)"
    )
    command.add_argument("--ambient", default="25 degC", metavar="TEMPERATURE", help="default: %(default)s")
    command.add_argument("--oven", default="155 degC", metavar="TEMPERATURE", help="of the oven (default: %(default)s)")
    command.add_argument(
        "--adiabatic-from",
        default="120 degC",
        metavar="TEMPERATURE",
        help="where the cell that loses no heat starts (default: %(default)s)",
    )
    command.add_argument("--png", metavar="FILE", help="draw heat against temperature into a PNG file")


def _heat(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--thermal", choices=("isothermal", "lumped"), default="isothermal", help="default: %(default)s"
    )
    command.add_argument("--heat-transfer", metavar="COEFFICIENT", help="of a lumped cell (default: '10 W/m^2/K')")


def _compare(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="measurements that begin full and hold a discharge")
    command.add_argument("--cell", required=True, metavar="ID", help="the cell whose model is judged")
    command.add_argument("--ambient", metavar="TEMPERATURE", help="of the simulations (default: the measurement's)")
    _heat(command)
    command.add_argument(
        "--voltage-uncertainty", default="0 V", metavar="VOLTAGE", help="of the instrument (default: %(default)s)"
    )
    command.add_argument(
        "--what",
        default="delivered,ohmic_resistance,temperature",
        metavar="NAME,NAME,...",
        help="KPIs of both curves side by side, as of `ragone kpis` (default: %(default)s)",
    )
    command.add_argument("--png", metavar="FILE", help="draw the curves and their difference into a PNG file")


def _impedance(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject", metavar="ID|FILE", help="cell parameters or a spectrum, or a text file of a measured spectrum"
    )
    command.add_argument("--state-of-charge", metavar="SHARE", help="of the cell (default: 50 %% if simulated)")
    command.add_argument("--temperature", metavar="T", help="of the cell (default: '298.15 K' if simulated)")
    command.add_argument("--lowest", default="0.1 mHz", metavar="FREQUENCY", help="simulated (default: %(default)s)")
    command.add_argument("--highest", default="10 kHz", metavar="FREQUENCY", help="simulated (default: %(default)s)")
    command.add_argument(
        "--border", default="1 s", metavar="TIME", help="expected, from charge transfer to diffusion (default: 1 s)"
    )
    _origin(command)
    command.add_argument("--png", metavar="FILE", help="draw Nyquist plot and relaxation times into a PNG file")


def _query(command: argparse.ArgumentParser) -> None:
    command.add_argument("sql", metavar="SQL", help="one SELECT, in DuckDB's dialect")
    command.add_argument("--format", choices=FORMATS, default=None, help="default: table, or what --output ends in")
    command.add_argument("--output", metavar="FILE", help="write the answer to a file")
    command.add_argument("--at", metavar="SNAPSHOT", help="as the lake was at a snapshot")


def _study(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params", nargs="?", default="params.yaml", metavar="PARAMS", help="the study (default: %(default)s)"
    )


def _origin(command: argparse.ArgumentParser) -> None:
    command.add_argument("--source", default="", help="title and address of the data (default: the file's name)")
    command.add_argument("--licence", default="unknown", help="SPDX identifier, for example MIT (default: %(default)s)")


def _settings(command: argparse.ArgumentParser, help: str) -> None:
    command.add_argument("--set", action="append", default=[], dest="settings", metavar="NAME=VALUE", help=help)


def _id(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="an artifact or run; may be shortened")


def _show(command: argparse.ArgumentParser) -> None:
    _id(command)
    command.add_argument(
        "--png", metavar="FILE", help="draw a microstructure, discharge, cycling or campaign into a PNG file"
    )
    command.add_argument("--bdf", metavar="FILE", help="write a curve in the Battery Data Format: .csv or .parquet")


def _lineage(command: argparse.ArgumentParser) -> None:
    _id(command)
    way = command.add_mutually_exclusive_group()
    way.add_argument("--up", action="store_true", help="only what it was made of")
    way.add_argument("--down", action="store_true", help="only what was made of it")


def _reproduce(command: argparse.ArgumentParser) -> None:
    _id(command)
    command.add_argument("--deep", action="store_true", help="compute the whole chain again, up to what was given")


def _snapshot(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", default="", metavar="NAME", help="what to call it")


def _drop(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="computed artifacts; may be shortened")
    command.add_argument("--reason", required=True, help="why, for the tombstone")


def _nothing(command: argparse.ArgumentParser) -> None:
    """The command takes no arguments of its own."""


_ARGUMENTS: dict[str, Any] = {
    "demo": _demo,
    "run": _run,
    "import": _import,
    "import-measurement": _import_measurement,
    "cases": _cases,
    "powers": _powers,
    "bruggeman": _bruggeman,
    "represent": _represent,
    "measure": _measure,
    "cell": _cell,
    "cycle": _cycle,
    "kpis": _kpis,
    "thermal": _thermal,
    "compare": _compare,
    "impedance": _impedance,
    "query": _query,
    "show": _show,
    "lineage": _lineage,
    "reproduce": _reproduce,
    "why": _id,
    "snapshot": _snapshot,
    "drop": _drop,
    "fsck": _nothing,
    "rebuild": _nothing,
    "doctor": _nothing,
}
