"""The arguments of what runs studies and compares designs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping


def _study(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params", nargs="?", default="params.yaml", metavar="PARAMS", help="the study (default: %(default)s)"
    )


def _changes(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="PATH=VALUE",
        help="a value below `study` instead of the file's, for example steps.discharge.power='10 W'; may be repeated",
    )


def _prefect_api(command: argparse.ArgumentParser, help: str) -> None:
    command.add_argument("--prefect-api", metavar="URL", default="", help=help)


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params", nargs="?", metavar="PARAMS", help="the study (default: params.yaml, here or as it comes with Ragone)"
    )
    command.add_argument(
        "--outputs", metavar="DIR", default="demo", help="folder of what it makes (default: %(default)s)"
    )


def _run(command: argparse.ArgumentParser) -> None:
    _study(command)
    command.add_argument(
        "--outputs", metavar="DIR", help="also write metrics, trials and lake lock here (what DVC tracks)"
    )
    _changes(command)
    command.add_argument(
        "--until", default="", metavar="TIME", help="begin no batch after this moment, for example 2026-12-01T08:00"
    )
    _prefect_api(command, "a Prefect server on which the run shows up")


def _after(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--after",
        default="",
        metavar="ID",
        help="history or campaign to go on from (default: the latest history of a study of this name)",
    )


def _ask(command: argparse.ArgumentParser) -> None:
    _study(command)
    command.add_argument(
        "--count",
        type=int,
        metavar="N",
        help="candidates; 0 shows the pending ones (default: `initial` of the budget at first, then `batch`)",
    )
    command.add_argument(
        "--output", metavar="FILE", help="write all pending candidates, to be filled in: .csv or .json"
    )
    _after(command)
    _changes(command)


def _tell(command: argparse.ArgumentParser) -> None:
    command.add_argument("report", metavar="FILE", help="what `ragone ask` wrote, filled in: .csv or .json")
    _study(command)
    command.add_argument("--source", default="", help="title and address of the report (default: the file's name)")
    command.add_argument("--conclude", action="store_true", help="also store what is known now as a campaign")
    _after(command)
    _changes(command)


def _migrate_study(command: argparse.ArgumentParser) -> None:
    command.add_argument("params", metavar="PARAMS", help="the study of the earlier form")
    command.add_argument("--output", metavar="FILE", help="where it is written (default: shown only)")


def _cases(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params",
        nargs="?",
        metavar="FOLDER",
        help="of the parameter files (default: params, here or as they come with Ragone)",
    )
    command.add_argument("--outputs", metavar="DIR", default="cases", help="of the pictures (default: %(default)s)")


def _plateau(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="CAMPAIGN", help="campaigns with one objective")
    command.add_argument(
        "--tolerance", default="1 %", metavar="SHARE", help="of the best value that is as good (default: 1 %%)"
    )
    command.add_argument("--png", metavar="FILE", help="draw the ranges into a PNG file")


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "id", metavar="ID", help="a campaign (its best design), CAMPAIGN#12 (a trial), a candidate or a KPI"
    )
    command.add_argument("--png", metavar="FILE", help="draw beliefs, Sobol indices and chances into a PNG file")


def _polish(command: argparse.ArgumentParser) -> None:
    command.add_argument("campaign", metavar="CAMPAIGN", help="with one objective; or a study's name, or its file")
    command.add_argument("--evaluate", metavar="PARAMS", help="its study file: evaluate the polished design, compare")
    command.add_argument(
        "--from", dest="start", default="", metavar="ID", help="candidate or CAMPAIGN#12 near which to stay"
    )
    command.add_argument("--seed", type=int, default=0, help="default: %(default)s")


def _inverse(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "campaign",
        metavar="CAMPAIGN",
        help="whose trials are learned from and whose space is searched; or a study's name, or its file",
    )
    command.add_argument(
        "--evaluate", metavar="PARAMS", help="the study file: evaluate the designs, and say whether targets are met"
    )
    command.add_argument(
        "--target",
        action="append",
        required=True,
        dest="targets",
        metavar="KPI=VALUE",
        help="what is wanted of a goal's KPI, or of what a surrogate in use predicts: "
        "'energy_density>=550 W.h/L', or with <= or =; may be repeated",
    )
    command.add_argument(
        "--within", default="1 %", metavar="SHARE", help="of the value that = leaves open (default: 1 %%)"
    )
    command.add_argument("--count", type=int, default=3, metavar="N", help="designs at most (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="default: %(default)s")


def _powers(command: argparse.ArgumentParser) -> None:
    command.add_argument("params", metavar="PARAMS", help="the study that says how a design becomes a cell")
    command.add_argument("ids", nargs="+", metavar="ID", help="candidates, or campaigns for their best one")
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


def _represent(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject",
        nargs="?",
        default="params.yaml",
        metavar="PARAMS|ID",
        help="a study (the middle of its space), a candidate, a recipe or a microstructure (default: %(default)s)",
    )
    command.add_argument(
        "--params",
        metavar="FILE",
        help="the study whose steps and executor an id is measured with (default: params.yaml for a recipe; "
        "the usual stage and no workers for a microstructure)",
    )
    command.add_argument("--sizes", metavar="N,N,...", help="edges in voxels (default: 32,48,64,96,128)")
    command.add_argument("--volume-elements", type=int, metavar="N", help="volume elements of each size (default: 16)")
    command.add_argument(
        "--cuts",
        type=int,
        metavar="N",
        help="of each size cut from one of the largest volume elements of a design (default: 8)",
    )
    command.add_argument(
        "--voxels", metavar="R,R,...", help="voxel sizes over the study's (default: 0.5,1,2; of an image 1,2,4)"
    )
    command.add_argument(
        "--structures", type=int, metavar="N", help="structures measured at these voxel sizes (default: 4; 0: none)"
    )
    command.add_argument("--voxel-edge", type=int, metavar="N", help="their edge in voxels of the study (default: 64)")
    command.add_argument("--metric", help="a field of transport (default: pore_tortuosity_factor)")
    command.add_argument("--target", metavar="SHARE", help="largest relative error of the mean (default: 1 %%)")
    command.add_argument("--confidence", metavar="SHARE", help="of the target and of all intervals (default: 95 %%)")
    command.add_argument(
        "--fit-from", type=int, metavar="N", help="smaller volume elements enter no fit (default: all do)"
    )
    command.add_argument(
        "--cost-exponent", type=float, metavar="P", help="cost of a volume element ~ edge^P (default: 3)"
    )
    command.add_argument("--png", metavar="FILE", default="representativity.png", help="default: %(default)s")


def _up(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=4200, help="on 127.0.0.1 (default: %(default)s)")
    command.add_argument("--folder", metavar="DIR", help="of its files (default: ~/.local/share/ragone/prefect)")
    command.add_argument(
        "--database", metavar="URL", default="", help="of PostgreSQL, for many tasks at once (default: SQLite in DIR)"
    )
    command.add_argument("--at-once", type=int, default=1, metavar="N", help="runs at once (default: 1)")
    command.add_argument(
        "--resume-at-most",
        type=int,
        default=10,
        metavar="N",
        help="how often a run is started whose process was lost (default: %(default)s)",
    )


def _deploy(command: argparse.ArgumentParser) -> None:
    _study(command)
    _changes(command)
    command.add_argument(
        "--job", action="append", default=[], dest="jobs", metavar="NAME", help="only this job; may be repeated"
    )
    command.add_argument(
        "--cron", metavar="FIELDS", help="when the campaign, or --job, is started, such as '0 6 * * *'"
    )
    command.add_argument("--timezone", metavar="ZONE", help="of --cron, for example Europe/Berlin (default: UTC)")
    command.add_argument("--at-once", type=int, metavar="N", help="runs of a deployment at once; the others wait")
    command.add_argument("--output", metavar="FILE", default="prefect.yaml", help="default: %(default)s")
    _prefect_api(command, "the server (default: the environment's PREFECT_API_URL; without one, only FILE is written)")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "demo": _demo,
    "run": _run,
    "ask": _ask,
    "tell": _tell,
    "migrate-study": _migrate_study,
    "cases": _cases,
    "plateau": _plateau,
    "explain": _explain,
    "polish": _polish,
    "inverse": _inverse,
    "powers": _powers,
    "bruggeman": _bruggeman,
    "represent": _represent,
    "up": _up,
    "deploy": _deploy,
}
