"""All kinds of record, by name: what a lake can hold.

Ragone's own, and those that other installed packages register (`ragone.extensions`), which are imported when somebody
asks for a kind that is not Ragone's own, or for all.
"""

from __future__ import annotations

import re
from typing import Any

from ragone.extensions import RECORDS, Extension, Registry
from ragone.schemas.ageing_state import AgeingState
from ragone.schemas.annotation import Annotation, SavedQuery
from ragone.schemas.capacity_fade import CapacityFade
from ragone.schemas.cell import CellParameters
from ragone.schemas.curve import Cycling, Discharge, Measurement
from ragone.schemas.cycle_allocation import CycleAllocation
from ragone.schemas.cycle_life import CycleLife
from ragone.schemas.differential_capacity import DifferentialCapacity
from ragone.schemas.early_prediction import EarlyPrediction
from ragone.schemas.electrode import Design, Microstructure, Transport
from ragone.schemas.electrode_tortuosity import ElectrodeTortuosity
from ragone.schemas.energy_sensitivities import EnergySensitivities
from ragone.schemas.errors import FieldTypeError
from ragone.schemas.explanation import Explanation
from ragone.schemas.fidelity import Fidelity, Resemblance, Similarity
from ragone.schemas.generator import Generator, GeneratorErrors, GeneratorTraining, PredictedErrors
from ragone.schemas.geometry import Geometry
from ragone.schemas.heat_balance import HeatBalance
from ragone.schemas.history import History
from ragone.schemas.impedance import Impedance
from ragone.schemas.kpi import Kpi
from ragone.schemas.materials import Materials
from ragone.schemas.plateau import Plateau
from ragone.schemas.priors import Priors
from ragone.schemas.promotion import Promotion
from ragone.schemas.provenance import Code, Environment, Run, Snapshot, Tombstone, Verification
from ragone.schemas.random_walk import RandomWalk
from ragone.schemas.recipe import Candidate, CellDesign, Recipe
from ragone.schemas.record import Record
from ragone.schemas.relaxation_distribution import RelaxationDistribution
from ragone.schemas.representativity import Representativity
from ragone.schemas.share import Share
from ragone.schemas.study import Campaign, Surrogate
from ragone.schemas.survival import Survival
from ragone.schemas.survival_regression import SurvivalRegression
from ragone.schemas.transport_tensor import TransportTensor
from ragone.schemas.uncertainty_budget import UncertaintyBudget

_OWN: dict[str, type[Record]] = {
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
        ElectrodeTortuosity,
        CellParameters,
        Discharge,
        Cycling,
        Measurement,
        AgeingState,
        CapacityFade,
        CycleLife,
        CycleAllocation,
        Survival,
        EarlyPrediction,
        SurvivalRegression,
        DifferentialCapacity,
        HeatBalance,
        EnergySensitivities,
        Impedance,
        RelaxationDistribution,
        Kpi,
        Priors,
        UncertaintyBudget,
        Campaign,
        Plateau,
        Explanation,
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
        Promotion,
        Share,
        Code,
        Environment,
        Run,
        Verification,
        Snapshot,
        Tombstone,
        Annotation,
        SavedQuery,
    )
}
_GRAMMAR = re.compile(r"[a-z][a-z_]{0,63}")
_TABLES = ("artifacts", "lineage", "evaluations", "tags", "notes", "queries")  # tables of a lake that are of no kind


def table_name(kind: str) -> str:
    """Return the name of the table in which a lake shows a kind: its plural."""
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    if kind.endswith("life"):
        return f"{kind[:-2]}ves"
    return kind if kind.endswith("s") else f"{kind}s"


def _checked(extension: Extension, found: Any) -> type[Record]:
    """Return the class that another package registers as a kind.

    Raises
    ------
    FieldTypeError
        If it is no record, is called otherwise, or cannot be stored.
    """
    kind = getattr(found, "kind", None)
    if not (isinstance(found, type) and issubclass(found, Record)):
        raise FieldTypeError(f"it is a {type(found).__name__}; a subclass of ragone.schemas.Record is expected.")
    if kind != extension.name:
        raise FieldTypeError(f"its kind is {kind!r}. Register it under that name.")
    if not _GRAMMAR.fullmatch(kind) or table_name(kind) in _TABLES:
        raise FieldTypeError(f"a kind is lower-case letters and underscores, and its plural none of {_TABLES}.")
    if not found.fields():
        raise FieldTypeError("it has no fields. Decorate it with @dataclass(frozen=True, kw_only=True, eq=False).")
    found.arrow_schema()
    return found


KINDS: Registry[type[Record]] = Registry(RECORDS, _OWN, _checked, key=table_name)
