"""`ragone import-measurement`: a cycler's file becomes a measurement. Of a file that is refused nothing is stored."""

from __future__ import annotations

from ragone.app.tables.answers import plain, short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.session import FINE, Session
from ragone.pipelines.files.cyclers import parse_units, read_measurement
from ragone.schemas import Measurement
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Read, check and store the file; say what was found, what was noticed, and under which id."""
    with session.working("reading"):
        measurement = _measurement(session)
    with session.lake(create=True) as lake:
        name = lake.put(measurement, note=f"imported from {measurement.source_format}")
    session.answer({"measurement_id": name, "measurement": plain(measurement)}, "\n".join(_lines(measurement, name)))
    session.advise(f"Try next: ragone kpis {short(name)}{session.again()}")
    return FINE


def _measurement(session: Session) -> Measurement:
    given = session.arguments
    return read_measurement(
        given.file,
        cell_name=given.cell,
        source=given.source,
        licence=given.licence,
        nominal_capacity_ampere_hour=_read(given.capacity, "nominal_capacity_ampere_hour", "--capacity"),
        ambient_temperature_kelvin=_read(given.ambient, "ambient_temperature_kelvin", "--ambient"),
        inside=given.path,
        select=given.select,
        units=parse_units(given.units),
        flip_current=given.flip_current,
        largest_bytes=int(parse_quantity(given.largest_size, "byte", "--largest-size")),
    )


def _read(text: str | None, field: str, what: str) -> float | None:
    """A quantity in the unit and within the bounds of a measurement's field; none if it was not given."""
    return None if text is None else float(Measurement.parameters()[field].read(text, what))


def _lines(measurement: Measurement, name: str) -> list[str]:
    time, voltage, current = measurement.test_time_second, measurement.voltage_volt, measurement.current_ampere
    lines = [
        f"measurement {name}",
        f"{measurement.source_format}: {len(time)} samples over {(time[-1] - time[0]) / 3600:.4g} h",
        f"voltage {voltage.min():.4g} to {voltage.max():.4g} V, current {current.min():.4g} to {current.max():.4g} A",
        f"steps {measurement.step_count.min()} to {measurement.step_count.max()}, "
        f"cycles {measurement.cycle_count.min()} to {measurement.cycle_count.max()}",
    ]
    if len(measurement.temperature_kelvin):
        low, high = measurement.temperature_kelvin.min(), measurement.temperature_kelvin.max()
        lines.append(f"cell temperature {low:.2f} to {high:.2f} K")
    lines += [measurement.method, *(f"noticed: {finding}" for finding in measurement.findings)]
    return list(map(one_line, lines))
