"""The arguments of what is done with lives of cells."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping


def _fades(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "ids", nargs="*", metavar="FADE", help="capacity fades, one of each cell (default: the longest of each cell)"
    )
    command.add_argument(
        "--by",
        default="",
        metavar="WHAT",
        help="cells of one design have the same: a kind of record that they were made of, such as recipe; protocol; or "
        "name, which is the cell's without a number at its end (default: candidate, recipe, name: what all have)",
    )
    command.add_argument("--where", default="", metavar="CONDITION", help="on the table capacity_fades")
    command.add_argument("--at", default="", metavar="SNAPSHOT", help="the state of the lake that is queried")
    command.add_argument(
        "--capacity-share", default="80 %", metavar="SHARE", help="of the first capacity, that ends a life (80 %%)"
    )


def _allocate(command: argparse.ArgumentParser) -> None:
    command.epilog = 'For example: ragone allocate --cycles 5000 --aim best --where "nominal_capacity_ampere_hour > 4"'
    _fades(command)
    command.add_argument("--cycles", type=int, required=True, metavar="N", help="to spend, of all cells together")
    command.add_argument(
        "--aim",
        choices=("best", "ranking", "median"),
        default="ranking",
        help="know which design lives longest, their order, or the median life of each (default: %(default)s)",
    )
    command.add_argument(
        "--block", type=int, default=25, metavar="N", help="cycles in one piece (default: %(default)s)"
    )
    command.add_argument(
        "--new-cells", type=int, default=0, metavar="N", help="cells of each design that could be started, too"
    )


def _predict_life(command: argparse.ArgumentParser) -> None:
    command.epilog = "For example: ragone predict-life --cycles 100 --by recipe"
    _fades(command)
    command.add_argument(
        "--cycles", type=int, default=100, metavar="N", help="first cycles that are read (default: %(default)s)"
    )


def _survival_model(command: argparse.ArgumentParser) -> None:
    command.epilog = (
        'For example: ragone survival-model --covariates "log(charge_weighted_rate),batch" --model log-logistic '
        '--hold-out policy --predict "charge_weighted_rate=4.5, batch=2017-05-12"'
    )
    command.add_argument(
        "id", nargs="?", metavar="REGRESSION", help="a stored one, to show or predict with (default: fit one)"
    )
    command.add_argument(
        "--model",
        choices=("weibull", "log-normal", "log-logistic", "cox"),
        default="weibull",
        help="distribution of the lives, or cox, which assumes none (default: %(default)s)",
    )
    command.add_argument(
        "--covariates",
        default="",
        metavar="TERMS",
        help="columns of the view lives between commas: a,b, or log(a), a^2; texts stand for their options",
    )
    command.add_argument("--strata", default="", metavar="COLUMN", help="each of its options has a scale of its own")
    command.add_argument(
        "--penalty", type=float, default=0.0, metavar="X", help="keeps effects small where few died (default: 0)"
    )
    command.add_argument(
        "--hold-out", default="", metavar="COLUMN", help="leave its options out in turn: how are others predicted?"
    )
    command.add_argument("--where", default="", metavar="CONDITION", help="on the view lives")
    command.add_argument("--at", default="", metavar="SNAPSHOT", help="the state of the lake that is queried")
    command.add_argument(
        "--predict", default="", metavar="VALUES", help="life of a cell with these covariates: 'a=4.5, batch=b'"
    )
    command.add_argument(
        "--alive-at", type=float, default=0.0, metavar="LIFE", help="the predicted cell has lived so long already"
    )
    command.add_argument("--confidence", default="95 %", metavar="SHARE", help="of all intervals (95 %%)")


def _survival(command: argparse.ArgumentParser) -> None:
    command.epilog = 'For example: ragone survival --where "first_rate > 4" --by batch --restrict 500 --output a.png'
    command.add_argument("--where", default="", metavar="CONDITION", help="on the table lives: 'first_rate > 5'")
    command.add_argument("--by", default="", metavar="A,B", help="columns of that table, which tell groups apart")
    command.add_argument("--at", default="", metavar="SNAPSHOT", help="the state of the lake that is queried")
    command.add_argument(
        "--confidence", default="95 %", metavar="SHARE", help="of every interval and band (default: 95 %%)"
    )
    command.add_argument(
        "--restrict",
        type=float,
        metavar="TIME",
        help="to which means are restricted, in the unit of the lives (default: what every group was observed for)",
    )
    command.add_argument("--output", metavar="FILE", help="draw curves, bands and cells at risk into a PNG file")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "allocate": _allocate,
    "predict-life": _predict_life,
    "survival": _survival,
    "survival-model": _survival_model,
}
