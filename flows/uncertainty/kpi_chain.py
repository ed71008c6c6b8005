"""The steps by which a KPI followed from a cell, read off the lake, so that they can be taken again with other records.

It begins at the transports and materials that the cell was assembled of, or at the cell where those are not recorded,
and ends at the KPI. What was perturbed for first-order uncertainties is left out: draws need no more than the plain
KPI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake, Lineage
from ragone.flows.errors import KpiError
from ragone.flows.stages import STAGES
from ragone.schemas import CellParameters, Kpi, Materials, PredictedErrors, Run, Stage, Transport
from ragone.schemas.kpi_stage import PERTURBED, PROPAGATED, SAMPLE_COUNT

_PROPAGATED = f".{PROPAGATED}"
_OPEN = (f"{Transport.kind}-", f"{Materials.kind}-")  # what the steps begin with
_ELECTRODES = ("transport", "materials", "negative_transport", "negative_materials")


@dataclass(frozen=True)
class Link:
    """One step: the artifact that it gave, under which role, and the call that gives it."""

    artifact: str
    role: str
    stage: Stage[Any, Any]
    inputs: tuple[tuple[str, str], ...]
    parameters: Mapping[str, Any]
    seed: int | None

    def run(self, lake: Lake, ids: Mapping[str, str], **changed: Any) -> str:
        """The id of what the step gives, some inputs replaced by others and some parameters changed.

        Raises
        ------
        StageFailedError
            If the stage fails.
        """
        given: dict[str, Any] = {}
        for role, name in self.inputs:
            given.setdefault(role, []).append(ids.get(name, name))
        single = {role: names if self.stage.ports[role].many else names[0] for role, names in given.items()}
        seeded = {"seed": self.seed} if self.stage.takes_seed else {}
        found = lake.run(self.stage, **single, **{**self.parameters, **changed}, **seeded)
        outputs = found.outputs
        return outputs.get(self.role) or found.id


@dataclass(frozen=True)
class KpiChain:
    """The steps from a cell to a KPI, in order; `cell` is the id of the cell, `electrodes` what it was assembled of.

    `elements` are the single volume elements behind the transport of each electrode, `predicted` the errors that a
    generator was expected to make, by the role of the transport.
    """

    kpi: str
    cell: str
    links: tuple[Link, ...]
    electrodes: Mapping[str, str]
    elements: Mapping[str, tuple[str, ...]]
    predicted: Mapping[str, str]


def kpi_chain(lake: Lake, kpi_id: str) -> KpiChain:
    """The steps by which a KPI followed from its cell.

    Raises
    ------
    KpiError
        If it did not follow from one cell, or by a stage that is not known.
    """
    kpi = lake.get(kpi_id, Kpi).id
    lineage = lake.lineage(kpi)
    links = {link.artifact: link for link in _links(lake, lineage, kpi)}
    known = [*links, *(name for link in links.values() for _, name in link.inputs)]
    cells = list(dict.fromkeys(name for name in known if name.startswith(f"{CellParameters.kind}-")))
    if kpi not in links or len(cells) != 1:
        raise KpiError(
            f"{kpi} follows from {len(cells)} cells by stages that are known here; one is needed. Name a KPI of a "
            "curve that was computed with a cell."
        )
    inputs = dict(links[cells[0]].inputs) if cells[0] in links else {}
    electrodes = {role: inputs[role] for role in _ELECTRODES if role in inputs}
    averaged = {role: list(_inputs(lineage, name)) for role, name in electrodes.items() if role.endswith("transport")}
    return KpiChain(
        kpi=kpi,
        cell=cells[0],
        links=tuple(_in_order(kpi, links)),
        electrodes=electrodes,
        elements={role: tuple(_of_kind(names, Transport)) for role, names in averaged.items()},
        predicted={role: name for role, names in averaged.items() for name in _of_kind(names, PredictedErrors)},
    )


def _links(lake: Lake, lineage: Lineage, artifact: str) -> Iterator[Link]:
    """The steps that lead up from an artifact, as far as their stages are known."""
    left, seen = [artifact], set[str]()
    while left:
        name = left.pop()
        edges = lineage.parents_of(name)
        if name in seen or not edges or name.startswith(_OPEN):
            continue
        seen.add(name)
        run = lake.get(edges[0].run_id, Run)
        link = _link(name, run)
        if link is not None:
            yield link
            left += [parent for _, parent in link.inputs]


def _link(artifact: str, run: Run) -> Link | None:
    """The call of a run; None if its stage is not known here."""
    stage = STAGES.get(run.stage.removesuffix(_PROPAGATED))
    if stage is None:
        return None
    inputs, parameters = run.inputs(), dict(run.parameters)
    if run.stage.endswith(_PROPAGATED):
        inputs = [(role, name) for role, name in inputs if not role.startswith(f"{PERTURBED}_")]
        parameters = {name: value for name, value in parameters.items() if name not in (PERTURBED, SAMPLE_COUNT)}
    role = next(role for role, name in run.outputs().items() if name == artifact)
    return Link(artifact, role, stage, tuple(inputs), parameters, run.seed)


def _in_order(last: str, links: Mapping[str, Link]) -> Iterator[Link]:
    """Each step after those that it takes from."""
    done: dict[str, Link] = {}

    def visit(name: str) -> None:
        if name in links and name not in done:
            for _, parent in links[name].inputs:
                visit(parent)
            done[name] = links[name]

    visit(last)
    return iter(done.values())


def _inputs(lineage: Lineage, artifact: str) -> Iterable[str]:
    return dict.fromkeys(edge.parent for edge in lineage.parents_of(artifact))


def _of_kind(names: Iterable[str], kind: type[Any]) -> list[str]:
    return [name for name in names if name.startswith(f"{kind.kind}-")]
