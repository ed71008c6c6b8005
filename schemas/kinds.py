"""All kinds of record, by name: what a lake can hold."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.cell import CellParameters, Discharge, Kpi
from schemas.electrode import Design, Microstructure, Transport
from schemas.geometry import Geometry
from schemas.provenance import Code, Environment, Run, Snapshot, Tombstone, Verification
from schemas.random_walk import RandomWalk
from schemas.record import Record
from schemas.representativity import Representativity
from schemas.study import Campaign, Generator, Surrogate
from schemas.transport_tensor import TransportTensor

KINDS: Mapping[str, type[Record]] = {
    cls.kind: cls
    for cls in (
        Design,
        Microstructure,
        Transport,
        TransportTensor,
        Geometry,
        RandomWalk,
        CellParameters,
        Discharge,
        Kpi,
        Campaign,
        Representativity,
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
