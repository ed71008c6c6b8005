"""Packages as pip leaves them: the metadata by which modules that a test has on its path register what they add."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


def register(
    folder: Path, package: str, stages: Mapping[str, str] = NOTHING, records: Mapping[str, str] = NOTHING
) -> Path:
    """Write the metadata of version 1.0 of a package into a folder, which belongs on the path; returns the folder."""
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: 1.0\n")
    sections = [("ragone.stages", stages), ("ragone.records", records)]
    lines = [f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in entries.items()) for group, entries in sections]
    (metadata / "entry_points.txt").write_text("".join(lines))
    return folder
