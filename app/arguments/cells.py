"""The arguments of what is done with cells and curves."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ragone.app.arguments.shared import materials, origin, settings


def _heat(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--thermal", choices=("isothermal", "lumped"), default="isothermal", help="default: %(default)s"
    )
    command.add_argument("--heat-transfer", metavar="COEFFICIENT", help="of a lumped cell (default: '10 W/m^2/K')")


def _particle_sizes(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--particle-sizes",
        type=int,
        default=0,
        metavar="N",
        help="sizes of positive particles as drawn, for example 20 (default: one sphere that stands for all)",
    )


def _import_measurement(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="of one cell: .csv, .parquet, .txt, .mpt, .mat, .xlsx or .res")
    command.add_argument(
        "--path", default="", metavar="NAME", help="of a MATLAB struct (such as T25.cRate_1C) or a sheet in the file"
    )
    command.add_argument(
        "--select", default="", metavar="COLUMN=VALUE", help="the cell, channel or test if the rows are of several"
    )
    command.add_argument("--cell", default="", metavar="NAME", help="which cell it is (default: the file's name)")
    origin(command)
    command.add_argument("--capacity", metavar="CAPACITY", help="nominal, what 1C refers to, for example '5 A*h'")
    command.add_argument("--ambient", metavar="TEMPERATURE", help="of the chamber, for example '25 degC'")
    command.add_argument(
        "--units", default="", metavar="MAP", help="outrank those of the file, for example voltage=mV,current=mA,time=h"
    )
    command.add_argument("--flip-current", action="store_true", help="the file counts discharge positive")
    command.add_argument(
        "--largest-size", default="1 GB", metavar="SIZE", help="larger files are refused unread (default: %(default)s)"
    )


def _import_lives(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="CSV in UTF-8 with a header: a row for each cell")
    command.add_argument("--life", default="", metavar="COLUMN", help="how long each cell lived, or was observed")
    command.add_argument("--event", default="", metavar="COLUMN", help="true (1, yes) where the life ended")
    command.add_argument("--censored", default="", metavar="COLUMN", help="true where the cell was stopped before")
    command.add_argument("--all-ended", action="store_true", help="every life ended")
    command.add_argument(
        "--lower",
        default="",
        metavar="COLUMN",
        help="instead of --life, of cells looked at now and then: last seen alive",
    )
    command.add_argument(
        "--upper", default="", metavar="COLUMN", help="with --lower: first seen at the end of life; empty if never"
    )
    command.add_argument("--entry", default="", metavar="COLUMN", help="from when each was observed (default: 0)")
    command.add_argument("--cell", default="", metavar="COLUMN", help="name of each cell (default: number of its row)")
    command.add_argument(
        "--unit",
        default="cycle",
        metavar="UNIT|COLUMN",
        help="cycle, 'equivalent full cycle', day or A.h, or the column that says it (default: %(default)s)",
    )
    command.add_argument(
        "--covariates",
        default="",
        metavar="COLUMN,COLUMN:UNIT",
        help="what is known of the cells, for example 'Batch date,temperature:degC'; numbers without a unit count "
        "as dimensionless",
    )
    command.add_argument(
        "--policy", default="", metavar="COLUMN", help="charging policies such as 5.4C(60%%)-3.6C: rates as covariates"
    )
    command.add_argument(
        "--criterion",
        default="as the table states it",
        metavar="TEXT",
        help="at which limit a life ended, for example 'capacity below 80 %% of nominal' (default: '%(default)s')",
    )
    origin(command)


def _fade(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="a measurement, cycling or capacity fade; may be shortened")
    command.add_argument(
        "--cycles", choices=("usual", "check-ups"), default="usual", help="which kind of cycles (default: %(default)s)"
    )
    settings(
        command,
        "of the life, for example capacity_share=0.7, resistance_ratio=2, reference=nominal or unit=day; may be "
        "repeated",
    )
    command.add_argument("--output", metavar="FILE", help="draw it into a PNG file")


def _cell(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject",
        nargs="?",
        default="",
        metavar="ID",
        help="a transport, or a recipe, candidate or microstructure that was measured; a cell to show or write it; "
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
    command.add_argument("--parameter-set", metavar="NAME", help="of PyBaMM; Chen2020_Arrhenius is the default")
    command.add_argument("--bpx", metavar="FILE", help="a BPX file instead of a parameter set")
    command.add_argument("--negative-set", metavar="NAME", help="parameter set of the negative electrode, if another")
    command.add_argument("--negative-bpx", metavar="FILE", help="a BPX file instead of it")
    command.add_argument("--electrolyte", metavar="NAME", help="for example nyman-2008, or a parameter set")
    command.add_argument("--half-cell", action="store_true", help="against lithium metal")
    command.add_argument("--ideal", action="store_true", help="of a recipe: Bruggeman's relation, nothing measured")
    materials(command, "--materials", "of the positive electrode")
    command.add_argument("--negative", default="", metavar="ID", help="a measured negative electrode, as ID")
    materials(command, "--negative-materials", "of the negative electrode")
    settings(command, "of the cell's design, with its unit, for example electrolyte_excess=0.2; may be repeated")
    command.add_argument("--to-bpx", metavar="FILE", help="write the cell as a BPX 1.1 file")


def _cycle(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="CELL_ID", help="cell parameters; may be shortened")
    command.add_argument(
        "--protocol",
        metavar="NAME",
        help="constant-current, constant-power, charge, cycle, fast-charge, rate-test, pulse, gitt, rest, drive, "
        "charge-within-limits or largest-power (default: cycle; drive if there is a profile)",
    )
    settings(
        command,
        "of the protocol or its conditions, with its unit, for example power='20 W' or rates=1,2,3; may be repeated",
    )
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
    _particle_sizes(command)
    command.add_argument("--initial-soc", metavar="SHARE", help="for example 1 or '50 %%' (default: the protocol's)")
    command.add_argument("--png", metavar="FILE", help="draw voltage, current and plating margin into a PNG file")


def _age(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject",
        nargs="?",
        default="",
        metavar="ID",
        help="a cell, or a transport or recipe to build it of; nothing for the parameter set's own cell",
    )
    command.add_argument(
        "--recipe",
        metavar="TEXT",
        help="instead of an id, for example 'active_material_weight_fraction=0.96, porosity=30 %%, "
        "mass_loading=20 mg/cm^2'; Bruggeman's relation, nothing measured",
    )
    command.add_argument("--parameter-set", metavar="NAME", help="Chen2020, Chen2020_Arrhenius or OKane2022")
    command.add_argument("--cycles", type=int, default=100, metavar="N", help="at most (default: %(default)s)")
    command.add_argument(
        "--segment", type=int, default=100, metavar="N", help="cycles stored at a time (default: %(default)s)"
    )
    command.add_argument("--model", choices=("SPM", "SPMe", "DFN"), help="default: SPMe")
    command.add_argument(
        "--jump",
        action="store_true",
        help="skip cycles where slopes carry on, each jump within 3e-4 of the capacity, as --set jump_error=3e-4 does; "
        "give a long --segment",
    )
    settings(
        command,
        "of the ageing, its cycle or the cell's design, for example discharge_rate=2, plating=none, "
        "ambient_temperature='10 degC' or until_capacity_share=0.8; may be repeated",
    )
    command.add_argument(
        "--step",
        action="append",
        default=[],
        dest="steps",
        metavar="TEXT",
        help="of a cycle, instead of one by rates, for example 'Discharge at 1C until 2.5 V'; repeat it",
    )
    command.add_argument(
        "--cells",
        type=int,
        metavar="N",
        help="so many cells of the design, each made a little different; --set takes parameters of the end of life "
        "too, for example capacity_share=0.9",
    )
    command.add_argument(
        "--regions",
        type=int,
        metavar="N",
        help="one cell of so many parallel regions at one voltage: volume elements of its electrodes, or draws by "
        "--tolerances; SPM or SPMe",
    )
    command.add_argument("--seed", type=int, default=0, help="of cells or regions (default: %(default)s)")
    command.add_argument(
        "--tolerances",
        default="",
        metavar="FILE",
        help="what differs from cell to cell, or from region to region, written as --priors of uncertainty",
    )
    command.add_argument("--workers", type=int, default=1, metavar="N", help="processes that age cells (default: 1)")
    command.add_argument(
        "--png", metavar="FILE", help="draw capacity and lost lithium, or how many cells live how long, into a PNG file"
    )


def _kpis(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="curves, spectra, cells or transports; may be shortened")
    command.add_argument(
        "--what",
        default="",
        metavar="NAME,NAME,...",
        help="which KPIs, by stage or by the names printed (default: all that apply)",
    )
    command.add_argument(
        "--cell", default="", metavar="ID", help="the cell parameters of curves that were not computed from a cell"
    )
    settings(command, "a parameter of a KPI with its unit, for example cell_mass_kilogram='69 g'; may be repeated")
    command.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")
    command.add_argument("--png", metavar="FILE", help="draw the curves and their dQ/dV into a PNG file")


def _uncertainty(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="KPIs, curves, cells, candidates or campaigns")
    command.add_argument(
        "--kpi",
        default="",
        metavar="NAME,NAME",
        help="which KPIs of a curve, cell or design (default: a campaign's goals, else energy_density,specific_energy)",
    )
    command.add_argument("--draws", type=int, default=64, metavar="N", help="best a power of two (default: 64)")
    command.add_argument("--seed", type=int, default=0, help="of the draws (default: %(default)s)")
    command.add_argument("--confidence", default="90 %", metavar="SHARE", help="of the interval (default: 90 %%)")
    command.add_argument(
        "--priors", default="", metavar="FILE", help="your own, instead of those that come with Ragone"
    )
    command.add_argument(
        "--near-best",
        default="",
        metavar="SHARE",
        help="also how often the first ID is within this distance of the best of all by one KPI, for example 2 %%",
    )
    command.add_argument("--minimise", action="store_true", help="the smallest value is the best")
    command.add_argument("--workers", type=int, default=1, metavar="N", help="processes that draw (default: 1)")
    command.add_argument("--png", metavar="FILE", help="draw interval and shares into a PNG file")


def _compare(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="measurements that begin full and hold a discharge")
    command.add_argument("--cell", required=True, metavar="ID", help="the cell whose model is validated")
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
    _particle_sizes(command)
    command.add_argument(
        "--border", default="1 s", metavar="TIME", help="expected, from charge transfer to diffusion (default: 1 s)"
    )
    origin(command)
    command.add_argument(
        "--units", default="", metavar="MAP", help="outrank those of the file, for example frequency=kHz,impedance=mOhm"
    )
    command.add_argument("--png", metavar="FILE", help="draw Nyquist plot and relaxation times into a PNG file")


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


def _sensitivities(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="a cell, or a KPI of a discharge at constant power; may be shortened")
    command.add_argument("--power", metavar="POWER", help="delivered by the whole cell, for example '20 W'")
    command.add_argument("--lower-voltage", metavar="VOLTAGE", help="at which the discharge ends (default: 2.5 V)")
    command.add_argument("--ambient", metavar="TEMPERATURE", help="of the cell (default: 25 degC)")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "import-measurement": _import_measurement,
    "import-lives": _import_lives,
    "fade": _fade,
    "cell": _cell,
    "cycle": _cycle,
    "age": _age,
    "kpis": _kpis,
    "uncertainty": _uncertainty,
    "compare": _compare,
    "impedance": _impedance,
    "thermal": _thermal,
    "sensitivities": _sensitivities,
}
