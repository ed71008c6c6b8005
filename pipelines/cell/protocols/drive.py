"""Follow a measured profile: a drive cycle from a file."""

from __future__ import annotations

from typing import Annotated, Literal

from ragone.pipelines.cell.protocols.protocol_stage import protocol_stage
from ragone.pipelines.cell.protocols.words import until
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import NotNegative


@protocol_stage("protocol.drive", follows_profile=True)
def drive_profile(
    *,
    follow: Literal["A", "W", "C"] = "A",
    lower_voltage_volt: NotNegative = 2.5,
    repeats: Annotated[int, Bounds(low=1)] = 1,
) -> tuple[str, ...]:
    """The profile's current, power or rate, as often as wanted or down to a voltage.

    Parameters
    ----------
    follow
        The profile's current ("A"), power ("W"), or rate ("C").
    lower_voltage_volt
        Voltage at which a repetition ends before the profile does [V].
    repeats
        Number of times that the profile is followed.
    """
    return (f"repeat {repeats}: Run profile ({follow}) {until(lower_voltage_volt)}",)
