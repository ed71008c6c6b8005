"""All kinds of record, by name: what a lake can hold."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.cell import CellParameters
from schemas.curve import Cycling, Discharge, Measurement
from schemas.differential_capacity import DifferentialCapacity
from schemas.electrode import Design, Microstructure, Transport
from schemas.fidelity import Fidelity, Resemblance
from schemas.generator import Generator, GeneratorErrors, GeneratorTraining, PredictedErrors
from schemas.geometry import Geometry
from schemas.heat_balance import HeatBalance
from schemas.history import History
from schemas.impedance import Impedance
from schemas.kpi import Kpi
from schemas.materials import Materials
from schemas.provenance import Code, Environment, Run, Snapshot, Tombstone, Verification
from schemas.random_walk import RandomWalk
from schemas.recipe import Candidate, CellDesign, Recipe
from schemas.record import Record
from schemas.relaxation_distribution import RelaxationDistribution
from schemas.representativity import Representativity
from schemas.study import Campaign, Surrogate
from schemas.transport_tensor import TransportTensor

KINDS: Mapping[str, type[Record]] = {
    cls.kind: cls
    for cls in (
        Design,
        Candidate,
        Recipe,
        Materials,
        CellDesign,
        Microstructure,
        Transport,
        TransportTensor,
        Geometry,
        RandomWalk,
        CellParameters,
        Discharge,
        Cycling,
        Measurement,
        DifferentialCapacity,
        HeatBalance,
        Impedance,
        RelaxationDistribution,
        Kpi,
        Campaign,
        History,
        Representativity,
        Generator,
        GeneratorErrors,
        GeneratorTraining,
        PredictedErrors,
        Resemblance,
        Fidelity,
        Surrogate,
        Code,
        Environment,
        Run,
        Verification,
        Snapshot,
        Tombstone,
    )
}
