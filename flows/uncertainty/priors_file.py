"""Priors that are somebody's own, read from a parameter file, every mistake named by its path.

A file holds a list under ``priors``: of each quantity its name, the factor at one standard deviation, and a reference;
of a metric of transport, which is uncertain for several reasons, also the source that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import REQUIRED, Section, read_yaml
from ragone.schemas import Prior, Priors
from ragone.schemas.errors import RagoneError
from ragone.schemas.field import Bounds
from ragone.schemas.priors import Distribution, Holder, Source

_ROOT = "priors"
_SOURCE = {  # where there is one only
    Holder.CELL: str(Source.CELL),
    Holder.MATERIALS: str(Source.MATERIALS),
    Holder.NEGATIVE_MATERIALS: str(Source.MATERIALS),
}
_KEYS = ("of", "quantity", "source", "distribution", "factor", "reference")


def read_priors(path: str | Path) -> Priors:
    """The priors of a file.

    Raises
    ------
    StudyError
        If it cannot be read, a key is not known or missing, or a value cannot be used.
    """
    root = Section(read_yaml(path), "", (_ROOT,))
    try:
        return Priors.of(_rows(root))
    except StudyError:
        raise
    except RagoneError as cause:
        raise StudyError(f"{path}: {cause}") from cause


def _rows(root: Section) -> Iterator[Prior]:
    for row in root.sections(_ROOT, _KEYS):
        holder = Holder(row.choice("of", [str(one) for one in Holder], str(Holder.CELL)))
        yield Prior(
            holder=holder,
            name=row.text("quantity"),
            source=Source(row.choice("source", [str(one) for one in Source], _SOURCE.get(holder, REQUIRED))),
            size=row.quantity("factor", "1", Bounds(low=1)),
            reference=row.text("reference"),
            distribution=Distribution(
                row.choice("distribution", [str(one) for one in Distribution], str(Distribution.LOG_NORMAL))
            ),
        )
