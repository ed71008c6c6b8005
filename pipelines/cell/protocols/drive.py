"""Follow a measured profile: a drive cycle from a file."""

from __future__ import annotations

from pipelines.cell.protocols.words import until


def drive_profile(*, follow: str = "A", lower_voltage_volt: float = 2.5, repeats: int = 1) -> tuple[str, ...]:
    """The profile's current ("A"), power ("W") or rate ("C"), as often as wanted or down to a voltage."""
    return (f"repeat {repeats}: Run profile ({follow}) {until(lower_voltage_volt)}",)
