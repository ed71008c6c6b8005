"""`ragone fade`: the capacity of a cell cycle by cycle, its life and its knees, of a measured or simulated record."""

from __future__ import annotations

from ragone.app.pictures.cycle_life import draw_fade
from ragone.app.tables.answers import plain, quantity, short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.flows.cell.fades import Faded, read_fade
from ragone.flows.parameter_files.fields import settings_of
from ragone.schemas import CycleLife, Kpi

_SHOWN = 12  # rows of the table


def execute(session: Session) -> int:
    """Read the fade, report it, draw it."""
    given = session.arguments
    with session.lake() as lake, session.working("reading cycles"):
        found = read_fade(lake, given.id, cycles=given.cycles, settings=settings_of(given.settings))
    if given.output:
        draw_fade(found.fade, found.life, found.kpis, given.output)
        session.advise(f"drawn into {one_line(given.output)}")
    data = {
        "fade_id": found.fade.id,
        "life_id": found.life.id,
        "life": plain(found.life),
        "kpis": {name: {"id": kpi.id, **plain(kpi)} for name, kpi in found.kpis.items()},
        "cycles": {
            "cycle_count": found.fade.cycle_count.tolist(),
            "discharging_capacity_ampere_hour": found.fade.discharging_capacity_ampere_hour.tolist(),
            "discharging_capacity_error_ampere_hour": found.fade.discharging_capacity_error_ampere_hour.tolist(),
            "internal_resistance_ohm": found.fade.internal_resistance_ohm.tolist(),
        },
    }
    session.answer(data, "\n".join(map(one_line, _lines(found))))
    session.advise(f"Try next: ragone kpis {short(found.fade.id)}{session.again()}")
    return FINE


def _lines(found: Faded) -> list[str]:
    fade = found.fade
    lines = [f"fade of {fade.cell_name}: {short(fade.id)}", fade.method, *_rows(found)]
    lines += [f"{name:<24} {_value(kpi)}" for name, kpi in found.kpis.items()]
    return [*lines, f"{'cycle life':<24} {_life(found.life)}", f"{'':<24} {found.life.criterion}"]


def _rows(found: Faded) -> list[str]:
    """Some of the rows, evenly spread, the last one among them."""
    fade, count = found.fade, len(found.fade.cycle_count)
    if not count:
        return [f"no cycle: {fade.reason or fade.outcome}"]
    chosen = sorted({round(k * (count - 1) / max(min(count, _SHOWN) - 1, 1)) for k in range(min(count, _SHOWN))})
    error, ohm = fade.discharging_capacity_error_ampere_hour, fade.internal_resistance_ohm
    rows = [f"{'cycle':>7}  {'capacity [A.h]':>20}" + (f"  {'resistance [ohm]':>16}" if len(ohm) else "")]
    for row in chosen:
        capacity = _number(float(fade.discharging_capacity_ampere_hour[row]), float(error[row]) if len(error) else None)
        rows.append(f"{fade.cycle_count[row]:>7}  {capacity:>20}" + (f"  {ohm[row]:>16.5g}" if len(ohm) else ""))
    return [*rows, f"ends after cycle {fade.cycle_count[-1]}: {fade.outcome}"]


def _value(kpi: Kpi) -> str:
    if kpi.value is not None:
        return _number(kpi.value, kpi.standard_uncertainty)
    return f"none: {kpi.method.removeprefix('no value: ')}"


def _number(value: float, uncertainty: float | None) -> str:
    """A number with its uncertainty, without a unit."""
    return quantity(value, "", uncertainty).removesuffix(" -").strip()


def _life(life: CycleLife) -> str:
    if life.upper is None:
        return f"more than {life.lower:.6g} {life.unit} ({life.outcome})"
    if life.upper > life.lower:
        return f"{life.lower:.6g} to {life.upper:.6g} {life.unit} ({life.outcome})"
    return f"{_number(life.lower, life.standard_uncertainty)} {life.unit} ({life.outcome})"
