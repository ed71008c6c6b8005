"""Where does this process run? Recorded with every run, never part of the cache key."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from ragone.dataset.hashing import artifact_id
from ragone.schemas.provenance import Environment

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment() -> Environment:
    """The environment of this process, as it was when first asked for with the present module path."""
    return environment_at(tuple(sys.path))


@cache
def environment_at(path: tuple[str, ...]) -> Environment:
    """The environment of this process, whose packages are looked for on a module path."""
    model, features = _processor()
    installed = [d.metadata for d in metadata.distributions(path=list(path))]  # each is read and parsed once
    threads = {"cores": os.cpu_count() or 0, **{v: os.environ[v] for v in THREAD_VARIABLES if v in os.environ}}
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        processor=model,
        processor_features=features,
        threads=threads,
        packages={str(about["Name"]): str(about["Version"]) for about in installed if about["Name"]},
    )


def environment_id() -> str:
    """The artifact id of this process's environment."""
    return _id_of(environment())


@cache
def _id_of(environment: Environment) -> str:
    return artifact_id(environment)


def recorded_threads(recorded: Environment) -> dict[str, str]:
    """The variables that give a process the thread counts of a recorded environment.

    They decide in which order numbers are added up, and workers of ours set them. A count that somebody set here stays,
    and one beyond the cores here is not followed: both are differences to be named.
    """
    counts = {name: str(recorded.threads.get(name, "")) for name in THREAD_VARIABLES if name not in os.environ}
    allowed = {str(count) for count in range(1, (os.cpu_count() or 1) + 1)}
    return {name: count for name, count in counts.items() if count in allowed}


def differences(old: Environment, new: Environment) -> tuple[str, ...]:
    """Return the differences between two environments, a line each."""
    lines = [
        f"{name}: {getattr(old, name)} -> {getattr(new, name)}"
        for name in ("python", "platform", "processor")
        if getattr(old, name) != getattr(new, name)
    ]
    if old.processor_features != new.processor_features:
        lines.append("processor features")
    for what in ("threads", "packages"):
        before, after = getattr(old, what), getattr(new, what)
        changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        lines += [f"{k}: {before.get(k, 'absent')} -> {after.get(k, 'absent')}" for k in changed]
    return tuple(lines)


def _processor() -> tuple[str, tuple[str, ...]]:
    """Model name and feature flags, where the system tells them."""
    described = Path("/proc/cpuinfo")
    if not described.is_file():
        return platform.processor() or platform.machine(), ()
    pairs = [line.split(":", 1) for line in described.read_text().splitlines() if ":" in line]
    fields = {key.strip(): value.strip() for key, value in reversed(pairs)}
    flags = fields.get("flags", fields.get("Features", ""))
    return fields.get("model name", platform.machine()), tuple(sorted(flags.split()))
