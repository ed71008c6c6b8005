"""The arguments of what is done with surrogates of the history."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ragone.app.arguments.shared import settings


def _retrain(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--target",
        nargs="+",
        required=True,
        metavar="KPI",
        help="columns of the evaluations, each a surrogate: a KPI, or a metric of transport",
    )
    command.add_argument("--where", default="", metavar="CONDITION", help="for example 'porosity < 0.4'")
    command.add_argument("--at", default="", metavar="SNAPSHOT", help="the state of the lake that --where queries")
    command.add_argument(
        "--features",
        default="",
        metavar="A,B",
        help="columns to predict from (default: what differs of recipe, cell design, materials and power)",
    )
    command.add_argument("--methods", default="", metavar="A,B", help="methods to choose from (default: all)")
    command.add_argument(
        "--against", default="", metavar="ID", help="the surrogate in use, or 'none' (default: promoted last)"
    )
    command.add_argument(
        "--if-grown", default="", metavar="SHARE", help="only if there are so many new observations, such as '20 %%'"
    )
    command.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    command.add_argument("--export", metavar="DIR", help="also write weights and record as files")


def _surrogate(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "surrogate", metavar="SURROGATE", help="an id, a target whose surrogate is in use, or an exported JSON file"
    )
    command.add_argument(
        "--level", default="90 %", metavar="SHARE", help="of new designs that an interval is to hold (default: 90 %%)"
    )


def _predict(command: argparse.ArgumentParser) -> None:
    _surrogate(command)
    settings(command, "the value of a feature with its unit; may be repeated")


def _screen(command: argparse.ArgumentParser) -> None:
    _surrogate(command)
    command.add_argument("--count", type=int, default=1_000_000, metavar="N", help="designs (default: %(default)s)")
    command.add_argument("--top", type=int, default=10, metavar="K", help="designs to keep (default: %(default)s)")
    command.add_argument("--minimise", action="store_true", help="the smallest predictions are the best")
    settings(command, "a narrower range, 'porosity=0.25..0.35', one value, or options between commas; may be repeated")
    command.add_argument("--anywhere", action="store_true", help="keep also designs outside the applicability domain")
    command.add_argument("--output", metavar="FILE", help="write the kept designs to a Parquet file")
    command.add_argument("--seed", type=int, default=0, help="default: %(default)s")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "retrain": _retrain,
    "predict": _predict,
    "screen": _screen,
}
