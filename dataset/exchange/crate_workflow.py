"""The workflow of a crate: the plan (tools, steps, parameters), and what happened, an action for each step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote

from ragone.dataset.exchange.crate_format import README, WORKFLOW, object_path
from ragone.dataset.exchange.entities import (
    LICENCE,
    RECORDS,
    About,
    Entity,
    agent_of,
    credits_of,
    moment,
    parameter,
    ref,
)
from ragone.dataset.exchange.selection import Selection
from ragone.dataset.exchange.steps import Step, given_kinds, software_versions, steps_of

_BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
_STATUS = "http://schema.org/{}ActionStatus"
_LANGUAGE, _RUN = "#json", "#run"


class CrateWorkflow:
    """The plan (workflow, tools, steps, parameters), and what happened (the actions)."""

    def __init__(self, selection: Selection, about: About, ragone: str, present: Collection[str]) -> None:
        self._selection, self._about, self._ragone, self._present = selection, about, ragone, present
        self._steps = steps_of(selection)
        self._given = given_kinds(selection)
        self._made: list[str] = sorted({kind for step in self._steps for kind in step.makes} - set(self._given))

    @property
    def parameters(self) -> list[str]:
        """The kinds of record that go in or come out."""
        return sorted({*self._given, *self._made})

    def entities(self) -> Iterator[Entity]:
        """Yield all of it."""
        yield self._plan()
        yield {"@id": _LANGUAGE, "@type": "ComputerLanguage", "name": "JSON", "url": ref("https://www.json.org/")}
        for kind in self.parameters:
            sort = "Dataset" if kind in self._present else "PropertyValue"
            yield {"@id": parameter(kind), "@type": "FormalParameter", "name": kind, "additionalType": sort}
        versions = software_versions(self._selection)
        for package in self._packages():
            yield _software(package, versions.get(package, "unknown"))
        for number, step in enumerate(self._steps):
            yield from self._step(step, number + 1)
        yield self._whole()

    def _plan(self) -> Entity:
        return {
            "@id": WORKFLOW,
            "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
            "name": f"Workflow of {self._about.title}",
            "description": "The stages in the order of their first execution: entry points, inputs and outputs.",
            "encodingFormat": "application/json",
            "conformsTo": ref(_BIOSCHEMAS),
            "programmingLanguage": ref(_LANGUAGE),
            "version": self._ragone,
            "url": ref(README),
            "license": ref(self._about.licence[1] or LICENCE),
            "input": [ref(parameter(kind)) for kind in self._given],
            "output": [ref(parameter(kind)) for kind in self._made],
            "hasPart": [ref(_tool(package)) for package in self._packages()],
            "step": [ref(_name("step", step)) for step in self._steps],
            **credits_of(self._about),
        }

    def _step(self, step: Step, position: int) -> Iterator[Entity]:
        yield {
            "@id": _name("step", step),
            "@type": "HowToStep",
            "name": step.stage,
            "description": f"The stage at {step.entry_point}",
            "position": str(position),
            "workExample": ref(_tool(step.package)),
        }
        failed = step.failed == step.count
        yield {
            "@id": _name("action", step),
            "@type": "CreateAction",
            "name": step.in_words,
            "description": _informed(step),
            "instrument": ref(_tool(step.package)),
            "object": self._records(sorted({*step.takes, *step.informed_by})),
            "result": self._records(step.makes),
            "startTime": moment(step.started),
            "endTime": moment(step.ended),
            "actionStatus": _STATUS.format("Failed" if failed else "Completed"),
            "agent": agent_of(self._about),
            **({"error": step.error} if failed else {}),
        }
        instrument, action = ref(_name("step", step)), ref(_name("action", step))
        control = _name("control", step)
        yield {"@id": control, "@type": "ControlAction", "name": step.stage, "instrument": instrument, "object": action}

    def _whole(self) -> Entity:
        """All runs as one action."""
        root_id, runs = self._selection.root_id, self._selection.runs
        return {
            "@id": _RUN,
            "@type": "CreateAction",
            "name": f"All runs behind {root_id}",
            "description": "; ".join(step.in_words for step in self._steps) or "Nothing was computed.",
            "instrument": ref(WORKFLOW),
            "object": self._records(self._given),
            "result": [ref(object_path(root_id)), *self._records(self._made)],
            "startTime": moment(min(run.started for _, run in runs)),
            "endTime": moment(self._selection.latest),
            "actionStatus": _STATUS.format("Completed"),
            "agent": agent_of(self._about),
        }

    def _packages(self) -> list[str]:
        return sorted({step.package for step in self._steps})

    def _records(self, kinds: Iterable[str]) -> list[Entity]:
        """References to the records of some kinds, or to what is said of those that were dropped."""
        return [ref(RECORDS.format(kind) if kind in self._present else f"#dropped/{kind}") for kind in kinds]


def _software(package: str, version: str) -> Entity:
    return {
        "@id": _tool(package),
        "@type": "SoftwareApplication",
        "name": package,
        "description": "The package in which stages lie; the version is that of the recorded environments.",
        "softwareVersion": version,
        "url": ref(README),
    }


def _informed(step: Step) -> str:
    took = ", ".join(step.informed_by)
    return f"{step.in_words}; informed by records of the kinds {took}" if took else step.in_words


def _tool(package: str) -> str:
    return f"#package/{quote(package)}"


def _name(sort: str, step: Step) -> str:
    return f"#{sort}/{quote(step.stage)}"
