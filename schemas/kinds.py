"""All kinds of record, by name: what a lake can hold."""

from __future__ import annotations

from collections.abc import Mapping

from ragone.schemas.cell import CellParameters
from ragone.schemas.curve import Cycling, Discharge, Measurement
from ragone.schemas.differential_capacity import DifferentialCapacity
from ragone.schemas.electrode import Design, Microstructure, Transport
from ragone.schemas.fidelity import Fidelity, Resemblance, Similarity
from ragone.schemas.generator import Generator, GeneratorErrors, GeneratorTraining, PredictedErrors
from ragone.schemas.geometry import Geometry
from ragone.schemas.heat_balance import HeatBalance
from ragone.schemas.history import History
from ragone.schemas.impedance import Impedance
from ragone.schemas.kpi import Kpi
from ragone.schemas.materials import Materials
from ragone.schemas.provenance import Code, Environment, Run, Snapshot, Tombstone, Verification
from ragone.schemas.random_walk import RandomWalk
from ragone.schemas.recipe import Candidate, CellDesign, Recipe
from ragone.schemas.record import Record
from ragone.schemas.relaxation_distribution import RelaxationDistribution
from ragone.schemas.representativity import Representativity
from ragone.schemas.study import Campaign, Surrogate
from ragone.schemas.transport_tensor import TransportTensor

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
        Similarity,
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
