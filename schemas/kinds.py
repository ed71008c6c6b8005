"""All kinds of record, by name: what a lake can hold."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.cell import CellParameters, Discharge, Kpi
from schemas.electrode import Design, Microstructure, Transport
from schemas.provenance import Code, Environment, Run, Snapshot, Tombstone, Verification
from schemas.record import Record
from schemas.study import Campaign, Generator, Surrogate

KINDS: Mapping[str, type[Record]] = {
    cls.kind: cls
    for cls in (
        Design,
        Microstructure,
        Transport,
        CellParameters,
        Discharge,
        Kpi,
        Campaign,
        Generator,
        Surrogate,
        Code,
        Environment,
        Run,
        Verification,
        Snapshot,
        Tombstone,
    )
}
