"""Which records does a crate hold in other people's formats, and which not, and why not?

Volumes as OME-TIFF, curves as CSV in the columns of the Battery Data Format, cells as BPX and in BattINFO's terms,
all numbers with a unit as CSV and Parquet. A record that a format cannot express is listed with the reason, in
``readable/not-rendered.csv``; so is a cell that was made to measure a sensitivity, one of several alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ragone.dataset.exchange import Rendering, Selection
from ragone.flows.exchange.images import MEDIA_TYPE as TIFF
from ragone.flows.exchange.images import STANDARD as OME
from ragone.flows.exchange.images import ome_tiff
from ragone.flows.exchange.parameters import MEDIA_TYPE as JSON_LD
from ragone.flows.exchange.parameters import STANDARD as BATTINFO
from ragone.flows.exchange.parameters import battinfo
from ragone.flows.exchange.scalars import as_csv, as_parquet, scalar_table
from ragone.pipelines.cell import bpx_document
from ragone.pipelines.files.cyclers import battery_data_table
from ragone.schemas import CellOutcome, CellParameters, Curve, RagoneError, Record
from ragone.schemas.electrode import raised_in

SCALARS, LEFT_OUT = "readable/scalars", "readable/not-rendered.csv"
_PARQUET = "application/vnd.apache.parquet"


class NotExpressibleError(RagoneError, ValueError):
    """A format has no way to express a record; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class _Format:
    """A format: its name, the ending of its files, what it is called elsewhere, and how a record is written."""

    name: str
    ending: str
    media_type: str
    conforms_to: str
    write: Callable[[Any], bytes]


def renderings(selection: Selection) -> Iterator[Rendering]:
    """Make the readable files of a selection, in the order of its records; what could not be made comes last."""
    refused: list[tuple[str, str, str]] = []
    for artifact in selection.artifacts.values():
        for form in _FORMATS.get(artifact.kind, ()):
            if artifact.dropped:
                refused.append((artifact.id, form.name, "its data were dropped; ragone reproduce brings them back"))
                continue
            record = selection.get(artifact.id)
            try:
                yield _rendering(record, form)
            except RagoneError as cause:
                refused.append((artifact.id, form.name, " ".join(str(cause).split())))
    yield from _numbers(selection)
    if refused:
        table = pl.DataFrame(refused, schema=["artifact_id", "format", "reason"], orient="row")
        yield Rendering(LEFT_OUT, "text/csv", "", "Records that a format cannot express, and why", as_csv(table))


def _rendering(record: Record, form: _Format) -> Rendering:
    digits = record.id.removeprefix(f"{record.kind}-")[:16]
    path = f"readable/{record.kind}/{digits}{form.ending}"
    title = f"{record.kind.replace('_', ' ')} {digits[:8]} as {form.name}"
    return Rendering(path, form.media_type, record.id, title, form.write(record), form.conforms_to)


def _numbers(selection: Selection) -> Iterator[Rendering]:
    table = scalar_table(selection)
    title = "Every number with its unit"
    yield Rendering(f"{SCALARS}.csv", "text/csv", "", f"{title}, as CSV", as_csv(table))
    yield Rendering(f"{SCALARS}.parquet", _PARQUET, "", f"{title}, as Parquet", as_parquet(table))


def _curve(curve: Curve) -> bytes:
    if not len(curve.test_time_second):
        raise NotExpressibleError(f"{curve.id} has no samples: {getattr(curve, 'reason', '') or 'nothing ran'}.")
    return as_csv(battery_data_table(curve))


def _bpx(cell: CellParameters) -> bytes:
    _require_central(cell)
    return (json.dumps(bpx_document(cell), indent=1, allow_nan=False) + "\n").encode()


def _battinfo(cell: CellParameters) -> bytes:
    _require_central(cell)
    if cell.outcome is not CellOutcome.BUILT:
        raise NotExpressibleError(f"the cell was not built ({cell.outcome}), so that there is nothing to write.")
    return (json.dumps(battinfo(cell), indent=1, allow_nan=False) + "\n").encode()


def _require_central(cell: CellParameters) -> None:
    raised = raised_in(cell.method)
    if raised:
        raise NotExpressibleError(f"{raised} is raised by its standard error to measure a sensitivity; see the others.")


_BDF = _Format(
    "Battery Data Format",
    ".bdf.csv",
    "text/csv",
    "https://w3id.org/battery-data-alliance/ontology/battery-data-format",
    _curve,
)
_FORMATS: Mapping[str, tuple[_Format, ...]] = {
    "microstructure": (_Format("OME-TIFF", ".ome.tiff", TIFF, OME, ome_tiff),),
    "discharge": (_BDF,),
    "cycling": (_BDF,),
    "measurement": (_BDF,),
    "cell_parameters": (
        _Format("BPX", ".bpx.json", "application/json", "https://bpxstandard.com", _bpx),
        _Format("BattINFO", ".battinfo.jsonld", JSON_LD, BATTINFO, _battinfo),
    ),
}
