"""Which KPIs a stored curve, cell or spectrum gives, each by its stage and under its name.

What a stage takes is read off its ports. A port of one record is given each subject of that kind in turn; a port of
many the subjects of one cell together; a port of a cell that is no subject itself the cell that the curve was computed
with, or the one given. A stage that fails leaves its stored run and the reason, and the others go on.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dataset import Lake
from flows.cell.kpi_names import stages_of
from flows.engines import AnyStage, unit_of
from flows.errors import KpiError
from flows.running.progress import Progress, Silent
from pipelines.kpi import (
    delivered_by_curve,
    delivered_by_step,
    efficiency_per_cycle,
    energy_and_power_density,
    loss_shares,
    maximum_temperature,
    plating_margin,
    ragone_curve,
    rate_capability,
)
from pipelines.kpi.differential import capacity_beyond_cut_off, differential_capacity_peaks
from pipelines.kpi.impedance import examine_kramers_kronig, fit_equivalent_circuit, integrate_relaxation_times
from pipelines.kpi.resistance import ohmic_resistance, polarisation_resistance, pulse_resistance
from pipelines.kpi.taper import taper_corrected_charge
from pipelines.kpi.titration import diffusion_time
from pipelines.thermal import steady_temperature, thermal_runaway
from schemas import CellParameters, Cycling, Discharge, Kpi, Measurement, Record, RunOutcome
from schemas.errors import did_you_mean
from schemas.stage import RESULT, SEED
from schemas.units import parse_quantity


@dataclass(frozen=True)
class Entry:
    """A KPI stage; the fewest records of its port of many, and whether it is run without being named."""

    stage: AnyStage
    least: int = 1
    unasked: bool = True

    @property
    def takes(self) -> Mapping[str, tuple[type[Record], ...]]:
        """Kinds of record that each port takes."""
        hints = typing.get_type_hints(self.stage.function)
        return {port: _record_types(hints[port]) for port in self.stage.ports}

    @property
    def subject(self) -> str:
        """The port of what the KPIs are of: the first that is not merely of its cell."""
        ports = self.takes
        return next((port for port, kinds in ports.items() if kinds != (CellParameters,)), next(iter(ports)))

    @property
    def settings(self) -> Mapping[str, Any]:
        """The parameters that may be given, with their types."""
        hints = typing.get_type_hints(self.stage.function)
        names = inspect.signature(self.stage.function).parameters
        return {name: hints[name] for name in names if name not in self.stage.ports and name != SEED}


CURVE_KPIS: Mapping[str, Entry] = {
    "delivered": Entry(delivered_by_curve),
    "steps": Entry(delivered_by_step, unasked=False),
    "densities": Entry(energy_and_power_density),
    "efficiency": Entry(efficiency_per_cycle),
    "rate_capability": Entry(rate_capability, least=2),
    "ragone": Entry(ragone_curve, least=2),
    "dqdv": Entry(differential_capacity_peaks),
    "cut_off": Entry(capacity_beyond_cut_off),
    "ohmic_resistance": Entry(ohmic_resistance),
    "polarisation": Entry(polarisation_resistance),
    "pulses": Entry(pulse_resistance, unasked=False),
    "titration": Entry(diffusion_time, unasked=False),
    "taper": Entry(taper_corrected_charge),
    "temperature": Entry(maximum_temperature),
    "plating_margin": Entry(plating_margin),
    "limits": Entry(loss_shares),
    "kramers_kronig": Entry(examine_kramers_kronig),
    "equivalent_circuit": Entry(fit_equivalent_circuit),
    "relaxation_times": Entry(integrate_relaxation_times),
    "steady_temperature": Entry(steady_temperature, unasked=False),
    "thermal_runaway": Entry(thermal_runaway, unasked=False),
}


@dataclass(frozen=True)
class Found:
    """What one stage gave of its subjects: ids by name of the KPI, or why it gave none."""

    name: str
    subjects: tuple[str, ...]
    kpis: Mapping[str, str]
    run_id: str = ""
    error: str = ""


def extract(
    lake: Lake,
    subject_ids: Sequence[str],
    names: Sequence[str] = (),
    *,
    cell_id: str = "",
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Found]:
    """Run every applicable KPI stage, or find what was computed before.

    Parameters
    ----------
    lake
        Where the subjects are.
    subject_ids
        Curves, spectra or cells; full or short ids.
    names
        Of CURVE_KPIS, or of single KPIs; those that need not be named if empty.
    cell_id
        The cell of the subjects that were not computed from one.
    settings
        Parameters by name, for every stage that has one of that name; a text is a number with its unit.
    seed
        Of the stages that draw.
    progress
        Is told of every stage.

    Raises
    ------
    KpiError
        If a name or a setting is not known, or no subject has such KPIs; before anything is computed.
    """
    chosen, asked = chosen_entries(names), stages_of(names)
    given = _settings(chosen, settings or {})
    subjects = _subjects(lake, subject_ids, cell_id)
    calls = [
        (name, group)
        for name, entry in chosen.items()
        for group in _groups(entry, subjects)
        if names or len(group) >= entry.least
    ]
    if not calls:
        fitting = [name for name, entry in CURVE_KPIS.items() if _groups(entry, subjects)]
        advice = f"ask for {', '.join(fitting)}" if fitting else "give curves, spectra or cells"
        raise KpiError(f"none of {', '.join(chosen)} is a KPI of {', '.join(subjects)}; {advice}.")
    watcher = progress or Silent()
    watcher.started(len(calls))
    found = []
    for name, group in calls:
        watcher.step(f"KPI: {name}")
        found.append(_asked_of(_found(lake, name, chosen[name], group, given, seed), asked.get(name, set())))
        watcher.advanced()
    return found


@dataclass(frozen=True)
class _Subject:
    """A record with its cell, and what it shares with others of one series."""

    id: str
    record: Record
    cell_id: str

    @property
    def series(self) -> tuple[str, str]:
        """Curves of one cell: measured ones by its name, simulated ones by the cell that they were computed with."""
        if isinstance(self.record, Measurement):
            return "measured", self.record.cell_name
        return ("simulated" if isinstance(self.record, Discharge | Cycling) else self.record.kind), self.cell_id


def chosen_entries(names: Sequence[str]) -> dict[str, Entry]:
    """The entries of those names, or of KPIs of those names; all that need not be named if there are none.

    Raises
    ------
    KpiError
        If a name is not known.
    """
    asked = stages_of(names)
    return {name: entry for name, entry in CURVE_KPIS.items() if name in asked or (not names and entry.unasked)}


def _settings(chosen: Mapping[str, Entry], settings: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: hint for entry in chosen.values() for name, hint in entry.settings.items()}
    for name in settings:
        if name not in known:
            raise KpiError(f"no KPI asked for has a parameter {name!r}: {did_you_mean(name, known)}")
    return {n: _read(known[n], n, value) if isinstance(value, str) else value for n, value in settings.items()}


def _read(hint: Any, name: str, text: str) -> Any:
    """A text as the type of a parameter: a number in the unit that its name ends in, or several with commas."""
    types = (hint, *typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return tuple(_read(types[1], name, part.strip()) for part in text.split(","))
    if float in types:
        return parse_quantity(text, unit_of(name), name)
    words: Mapping[str, Any] = {"true": True, "false": False}
    if bool in types and text not in words:
        raise KpiError(f"{name} = {text!r} must be true or false.")
    if int in types and not text.lstrip("-").isdecimal():
        raise KpiError(f"{name} = {text!r} must be a whole number.")
    return words[text] if bool in types else int(text) if int in types else text


def _subjects(lake: Lake, ids: Sequence[str], cell_id: str) -> dict[str, _Subject]:
    full = [lake.resolve(name) for name in ids]
    cell = lake.resolve(cell_id) if cell_id else ""
    if cell and not isinstance(lake.get(cell), CellParameters):
        raise KpiError(f"{cell} is not a cell. Give the id of cell_parameters.")
    return {name: _Subject(name, lake.get(name), cell or _cell_of(lake, name)) for name in full}


def _cell_of(lake: Lake, name: str) -> str:
    """The cell that a record was computed with; empty if there was none."""
    parents = [edge.parent for edge in lake.lineage(name).parents_of(name)]
    return next((parent for parent in parents if parent.startswith(f"{CellParameters.kind}-")), "")


def _groups(entry: Entry, subjects: Mapping[str, _Subject]) -> list[tuple[_Subject, ...]]:
    """The subjects that a stage takes: each for itself, or those of one series together."""
    kinds = entry.takes[entry.subject]
    fitting = [subject for subject in subjects.values() if isinstance(subject.record, kinds)]
    if not entry.stage.ports[entry.subject].many:
        return [(subject,) for subject in fitting]
    series = dict.fromkeys(subject.series for subject in fitting)
    return [tuple(s for s in fitting if s.series == one) for one in series]


def _found(
    lake: Lake, name: str, entry: Entry, group: tuple[_Subject, ...], given: Mapping[str, Any], seed: int
) -> Found:
    ids = tuple(subject.id for subject in group)
    inputs: dict[str, Any] = {entry.subject: ids if entry.stage.ports[entry.subject].many else ids[0]}
    for port, kinds in entry.takes.items():
        if port != entry.subject and CellParameters in kinds and group[0].cell_id:
            inputs[port] = group[0].cell_id
        elif port not in inputs and not entry.stage.ports[port].optional:
            return Found(name, ids, {}, error=f"needs {' or '.join(k.kind for k in kinds)}; name the cell with --cell")
    if entry.stage.takes_seed:
        inputs[SEED] = seed
    run = lake.run(entry.stage, **inputs, **{n: v for n, v in given.items() if n in entry.settings})
    if run.outcome is not RunOutcome.COMPLETED:
        return Found(name, ids, {}, run.run_id, run.error)
    return Found(name, ids, _by_kpi_name(lake, run.outputs), run.run_id)


def _asked_of(found: Found, names: set[str]) -> Found:
    """What was asked for by name; of a name that did not come out, what did."""
    if not names or found.error:
        return found
    kept = {name: found.kpis[name] for name in found.kpis if name in names}
    absent = ", ".join(sorted(names - kept.keys()))
    error = f"gave no {absent}; it gave {', '.join(found.kpis)}" if absent else ""
    return replace(found, kpis=kept, error=error)


def _by_kpi_name(lake: Lake, outputs: Mapping[str, str]) -> dict[str, str]:
    """Ids by name: the role of each where a stage returns several, the name that it bears where it is the only one."""
    if set(outputs) != {RESULT}:
        return dict(outputs)
    kpi = lake.get(outputs[RESULT])
    return {kpi.name if isinstance(kpi, Kpi) else kpi.kind: outputs[RESULT]}


def _record_types(hint: Any) -> tuple[type[Record], ...]:
    if isinstance(hint, type) and issubclass(hint, Record):
        return (hint,)
    return tuple(kind for part in typing.get_args(hint) for kind in _record_types(part))
