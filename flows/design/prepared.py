"""A candidate made ready for its evaluation: the records that it stands for, and parameters of steps that it says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.chain import Chain
from ragone.flows.design.evaluation import Design, Ids, MeasuredVolumeElement, completed
from ragone.flows.design.fidelities import RESOLUTION
from ragone.flows.design.study import Study
from ragone.pipelines.realise import realise
from ragone.schemas import Candidate

Parameters = Mapping[str, Mapping[str, Any]]  # by the role of the step
Measured = Mapping[str, Mapping[str, Sequence[MeasuredVolumeElement]]]  # by electrode, and by `Prepared.key`


@dataclass(frozen=True)
class Prepared:
    """A candidate, ids of its given records by role, and the parameters of steps that it says."""

    candidate: Candidate
    given: Ids
    parameters: Parameters

    def recipe_id(self, branch: str) -> str:
        """The id of the recipe of an electrode."""
        return self.given[f"{branch}recipe"]

    def key(self, chain: Chain, branch: str) -> str:
        """The recipe, and what is changed in the steps that draw and measure: equal for the same volume elements.

        Their resolution belongs to it where the candidate says one.
        """
        roles = [RESOLUTION, *(step.role for step in (*chain.leading(branch), *chain.drawn(branch)))]
        own = {role: self.parameters[role] for role in roles if role in self.parameters}
        recipe_id = self.recipe_id(branch)
        return f"{recipe_id} {json.dumps(own, sort_keys=True)}" if own else recipe_id

    def volume_elements(self, chain: Chain, measured: Measured) -> list[MeasuredVolumeElement]:
        """The measured volume elements of a design, of both electrodes."""
        return [element for branch, of in measured.items() for element in of[self.key(chain, branch)]]

    def design(self, chain: Chain, measured: Measured, predicted: Ids, further: Parameters) -> Design:
        """Return the design to evaluate, with further parameters of steps."""
        ids = {
            step.role: tuple(element.ids[step.role] for element in of[self.key(chain, branch)])
            for branch, of in measured.items()
            for step in chain.drawn(branch)
        }
        roles = {**self.parameters, **further}
        both = {role: {**self.parameters.get(role, {}), **further.get(role, {})} for role in roles}
        return Design(self.given, ids, predicted, both)


def prepared(lake: Lake, study: Study, candidate: Candidate) -> Prepared:
    """The candidate with the records that it stands for in a study, stored.

    What it says nothing of is given, not made of it: it would descend from every candidate, and so from their KPIs.

    Raises
    ------
    StageFailedError
        If they cannot be made: a value lies out of the bounds of its field.
    """
    wanted = study.given.wanted(candidate)
    own = {role: each for role, each in wanted.items() if role in study.said(candidate)}
    shared = realise(candidate, records={role: each for role, each in wanted.items() if role not in own})
    given = {role: lake.put(record) for role, record in shared.items()}
    made = completed(lake.run(realise, candidate=candidate.id, records=own)) if own else {}
    return Prepared(candidate, {**given, **made}, study.parameters(candidate))
