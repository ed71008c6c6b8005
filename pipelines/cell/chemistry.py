"""Which electrochemistry is a cell's? That of one parameter set, or of several of which each gives a part.

`parameter_set` gives the positive electrode, the voltage limits, the reference temperature and what no other is named
for. Another set may give the negative electrode, with its foil; an electrolyte of the catalogue, or of a third set, may
fill all pores. A part is every parameter that PyBaMM names after it, functions included, so that each behaves as in
its own set. An exchange current that is written relative to the concentration at rest (NCA_Kim2011) stays so.

Cyclable lithium, and the charge that a capacity ratio refers to, are those of the positive set's own cell, relative to
its positive electrode: what a first charge costs is a property of both electrodes, which no set gives for others than
its own. The cell's design may state it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.electrolytes import CONCENTRATION, electrolyte_parameters, require_measured
from ragone.pipelines.cell.engine import parameter_values
from ragone.pipelines.cell.stoichiometry import CYCLABLE_LITHIUM, lithium_per_positive
from ragone.schemas import CellDesign, CellParameters, NegativeElectrode
from ragone.schemas.errors import MissingFieldError

_NEGATIVE = "negative"
_OF_A_NEGATIVE = (
    "Negative electrode OCP [V]",
    "Negative electrode OCP entropic change [V.K-1]",
    "Negative electrode exchange-current density [A.m-2]",
    "Negative particle diffusivity [m2.s-1]",
    "Negative particle radius [m]",
    "Negative electrode conductivity [S.m-1]",
    "Negative electrode porosity",
    "Negative electrode active material volume fraction",
    "Negative electrode thickness [m]",
    "Maximum concentration in negative electrode [mol.m-3]",
    "Initial concentration in negative electrode [mol.m-3]",
)
_FIELDS = (  # of a design, and of the cell that is built by it
    "parameter_set",
    "parameters",
    "negative_parameter_set",
    "negative_parameters",
    "electrolyte",
    "electrolyte_concentration_mole_per_cubic_metre",
    "cyclable_lithium_ratio",
)
_ONE_CELL = ("electrodes connected in parallel to make a cell", "cells connected in series to make a battery")


@dataclass(frozen=True)
class Chemistry:
    """Names, and content as canonical JSON where a BPX file gives it, of what each part of a cell is taken from.

    Equal for cells whose parameter values are the same but for what their records list.
    """

    parameter_set: str
    parameters: str
    negative_parameter_set: str
    negative_parameters: str
    electrolyte: str
    electrolyte_concentration: float | None
    cyclable_lithium_ratio: float | None
    half_cell: bool

    @classmethod
    def of(cls, record: CellDesign | CellParameters, *, half_cell: bool | None = None) -> Chemistry:
        """Return that of a cell, or of the design of one; a cell's record says itself whether it is a half cell."""
        if half_cell is None:
            half_cell = getattr(record, "negative_electrode", None) is NegativeElectrode.LITHIUM_METAL
        return cls(
            record.parameter_set,
            _text(record.parameters),
            record.negative_parameter_set,
            _text(record.negative_parameters),
            record.electrolyte,
            record.electrolyte_concentration_mole_per_cubic_metre,
            record.cyclable_lithium_ratio,
            half_cell,
        )

    @property
    def combines(self) -> bool:
        """Whether the negative electrode is named apart."""
        return bool(self.negative_parameter_set)

    def positive(self) -> Any:
        """A fresh copy of the values of the set of the positive electrode alone; raises as `parameter_values`."""
        return parameter_values(self.parameter_set, json.loads(self.parameters), half_cell=self.half_cell)

    def negative(self) -> Any:
        """A fresh copy of the values of the set of the negative electrode alone; raises as `parameter_values`."""
        if not self.combines:
            return self.positive()
        return parameter_values(self.negative_parameter_set, json.loads(self.negative_parameters))

    def values(self) -> Any:
        """A fresh copy of the values of the cell, as PyBaMM's `ParameterValues`.

        Raises
        ------
        UnknownFieldError, BpxError, MissingFieldError
            If a set or an electrolyte is not known or cannot be used, or lacks a parameter of the part it is to give.
        BoundsError
            If the electrolyte was not measured at the concentration stated.
        """
        values = self.positive()
        if self.combines:
            lithium = lithium_per_positive(values)
            values.update(self._of_the_negative() | {CYCLABLE_LITHIUM: lithium}, check_already_exists=False)
        if self.electrolyte:
            if self.electrolyte_concentration:
                require_measured(self.electrolyte, self.electrolyte_concentration)
            values.update(electrolyte_parameters(self.electrolyte), check_already_exists=False)
        stated = {CONCENTRATION: self.electrolyte_concentration, CYCLABLE_LITHIUM: self.cyclable_lithium_ratio}
        values.update({name: each for name, each in stated.items() if each}, check_already_exists=False)
        return values

    def _of_the_negative(self) -> dict[str, Any]:
        """The parameters of the negative electrode of its own set, by PyBaMM's names."""
        values = self.negative()
        missing = [name for name in _OF_A_NEGATIVE if name not in values]
        if missing:
            raise MissingFieldError(
                f"negative_parameter_set = {self.negative_parameter_set!r} gives no {', '.join(missing)}, so that its "
                "negative electrode cannot be combined with another positive one. Choose another set."
            )
        return {name: values[name] for name in values.keys() if _NEGATIVE in name.lower()}  # noqa: SIM118


def chemistry_fields(design: CellDesign) -> dict[str, Any]:
    """Fields of `CellParameters` that a cell takes over from its design, by name."""
    return {name: getattr(design, name) for name in _FIELDS}


def parameter_values_of(cell: CellParameters) -> Any:
    """The parameter values that a cell refers to, by name or by content, for one pair of electrodes.

    The record's electrode area is that of the whole cell, so that no set's number of parallel electrodes multiplies it.
    """
    values = Chemistry.of(cell).values()
    values.update({f"Number of {what}": 1.0 for what in _ONE_CELL}, check_already_exists=False)
    return values


def _text(parameters: Mapping[str, Any]) -> str:
    return json.dumps(parameters, sort_keys=True)
