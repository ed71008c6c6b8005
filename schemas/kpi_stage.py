"""A stage that gives KPIs: which names, in which unit, and how uncertain they are where its inputs are.

`KpiStage.propagated` is the same stage for uncertain inputs. It is given its records once more for each metric of the
electrode that was raised by its standard error, and adds in quadrature what that changes: first order, metrics
uncorrelated.
"""

from __future__ import annotations

import inspect
import math
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ParamSpec, TypeVar

from ragone.schemas.cell import CellParameters
from ragone.schemas.errors import StageError
from ragone.schemas.kpi import Kpi
from ragone.schemas.stage import Port, Stage

P = ParamSpec("P")
R = TypeVar("R", bound=Kpi | Mapping[str, Kpi])

PROPAGATED = "propagated"
PERTURBED = "perturbed"
SAMPLE_COUNT = "sample_count"
_HEADING = "Parameters\n    ----------\n"
_FURTHER = """    perturbed
        Names of the metrics that were raised by one standard error, in the order of the perturbed records.
    sample_count
        Volumes of the electrode that the value rests on.
"""


@dataclass(frozen=True, eq=False)
class KpiStage(Stage[P, R]):
    """A stage that gives KPIs.

    `gives` holds the unit of each KPI by its name, a regular expression where names hold numbers. `least` is the
    fewest records that its port of many is worth running with, `unasked` says whether it is run without being named,
    and `complete` that the uncertainties that it states hold those of all metrics, so that nothing is added to them.
    """

    gives: Mapping[str, str] = field(default_factory=dict)
    least: int = 1
    unasked: bool = True
    complete: bool = False

    def unit_given(self, name: str) -> str | None:
        """The unit of the KPI of that name; None if the stage gives none that is called so."""
        return next((unit for pattern, unit in self.gives.items() if re.fullmatch(pattern, name)), None)

    @cached_property
    def subject(self) -> Port:
        """The port of what the KPIs are of: the first that does not merely take the cell."""
        ports = list(self.ports.values())
        return next((port for port in ports if port.kinds != (CellParameters,)), ports[0])

    @cached_property
    def propagated(self) -> Stage[Any, Mapping[str, Kpi]]:
        """The stage for uncertain inputs.

        Beside each of its ports it has ``perturbed_<port>``, of many: the port's records once more for each metric in
        `perturbed`, one metric after the other. Value and outcome of a KPI are those of the plain stage; there is no
        uncertainty where nothing was perturbed, nothing moved the value, or a perturbed evaluation has none.
        """
        return Stage(_propagating(self), f"{self.name}.{PROPAGATED}", self.libraries)


def kpi_stage(
    name: str,
    *,
    gives: Mapping[str, str],
    libraries: tuple[str, ...] = (),
    least: int = 1,
    unasked: bool = True,
    complete: bool = False,
) -> Callable[[Callable[P, R]], KpiStage[P, R]]:
    """Declare a function as a stage that gives KPIs; see `KpiStage` and `ragone.schemas.stage.stage`."""

    def wrap(function: Callable[P, R]) -> KpiStage[P, R]:
        made = KpiStage(function, name, libraries, (), gives, least, unasked, complete)
        made.__dict__["__doc__"] = function.__doc__
        made.__dict__["__module__"] = function.__module__
        return made

    return wrap


def _propagating(stage: KpiStage[Any, Any]) -> Callable[..., Mapping[str, Kpi]]:
    """The function of the propagated stage, with a signature and a name of its own."""
    signature = _signature(stage)

    def propagated(*args: Any, **keywords: Any) -> Mapping[str, Kpi]:
        bound = signature.bind(*args, **keywords)
        bound.apply_defaults()
        given = bound.arguments
        metrics, count = tuple(given.pop(PERTURBED)), given.pop(SAMPLE_COUNT)
        rows = {port: given.pop(f"{PERTURBED}_{port}") for port in stage.ports}
        others = [_kpis(stage, one) for one in _rounds(stage, given, rows, metrics)]
        nominal = _kpis(stage, given)
        return {
            name: replace(_uncertain(stage, nominal[name], others, metrics), sample_count=count) for name in nominal
        }

    vars(propagated)["__signature__"] = signature
    propagated.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
    propagated.__annotations__["return"] = Mapping[str, Kpi]
    propagated.__module__ = stage.function.__module__
    propagated.__qualname__ = f"{stage.function.__qualname__}.{PROPAGATED}"
    propagated.__doc__ = (stage.function.__doc__ or "").replace(_HEADING, _HEADING + _FURTHER, 1)
    return propagated


def _signature(stage: KpiStage[Any, Any]) -> inspect.Signature:
    """Signature of the stage with perturbed records behind its ports, and two parameters more; its types resolved."""
    hints = typing.get_type_hints(stage.function, include_extras=True)
    own = [one.replace(annotation=hints[name]) for name, one in inspect.signature(stage.function).parameters.items()]
    again = [
        inspect.Parameter(
            f"{PERTURBED}_{name}",
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=(),
            annotation=tuple[typing.Union[port.kinds], ...],  # type: ignore[name-defined]  # noqa: UP007
        )
        for name, port in stage.ports.items()
    ]
    further = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
        for name, default, hint in ((PERTURBED, (), tuple[str, ...]), (SAMPLE_COUNT, 1, int))
    ]
    ports = len(stage.ports)
    return inspect.Signature([*own[:ports], *again, *own[ports:], *further])


def _rounds(
    stage: KpiStage[Any, Any], given: Mapping[str, Any], rows: Mapping[str, Sequence[Any]], metrics: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """The arguments of the stage with each metric perturbed, one after the other."""
    if len(set(metrics)) != len(metrics):
        raise StageError(f"stage {stage.name}: perturbed = {metrics}; name each metric once.")
    each = {name: len(given[name]) if port.many else int(given[name] is not None) for name, port in stage.ports.items()}
    for name, records in rows.items():
        if len(records) != each[name] * len(metrics):
            raise StageError(
                f"stage {stage.name}: {len(records)} records for {PERTURBED}_{name}; {each[name]} expected for each of "
                f"{len(metrics)} metrics."
            )
    for number in range(len(metrics)):
        taken = {name: tuple(records[number * each[name] :][: each[name]]) for name, records in rows.items()}
        yield {
            **given,
            **{name: one if stage.ports[name].many else (one[0] if one else None) for name, one in taken.items()},
        }


def _kpis(stage: KpiStage[Any, Any], arguments: Mapping[str, Any]) -> dict[str, Kpi]:
    """Return what the stage gives, by the name of the KPI."""
    given = stage.function(**arguments)
    return {given.name: given} if isinstance(given, Kpi) else dict(given)


def _uncertain(
    stage: KpiStage[Any, Any], kpi: Kpi, others: Sequence[Mapping[str, Kpi]], metrics: tuple[str, ...]
) -> Kpi:
    """The KPI with what the perturbations change in its uncertainty, or why that is not known."""
    if kpi.value is None or stage.complete:
        return kpi
    values = [other[kpi.name].value if kpi.name in other else None for other in others]
    lost = [metric for metric, value in zip(metrics, values, strict=True) if value is None]
    total = math.hypot(kpi.standard_uncertainty or 0.0, *(value - kpi.value for value in values if value is not None))
    if lost:
        reason = f"no value with {', '.join(lost)} perturbed"
    elif not metrics or not total:
        reason = f"{', '.join(metrics)} do not change it" if metrics else "no metric was perturbed"
    else:
        reason = ""
    origin = f"first order, one standard error each of {', '.join(metrics)}, uncorrelated"
    method = f"{kpi.method}; uncertainty{f' unknown: {reason}' if reason else f': {origin}'}"
    return replace(kpi, standard_uncertainty=None if reason else total, method=method)
