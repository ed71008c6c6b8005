"""Jobs deployed: what `prefect.yaml` says and a Prefect server knows, so that it can start them at any time.

A deployment is a job with its parameters filled in, a form to change them, maybe a schedule, and a limit of runs at
once. Workers run it in the folder in which it was deployed, so that relative paths of a study lead where they did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

import ragone.flows
from ragone.flows.design.study import Study
from ragone.flows.errors import StudyError, TrackingError
from ragone.flows.generator.training_plan import GeneratorPlan
from ragone.flows.running.failures import is_machine_failure
from ragone.flows.running.forms import Form, form_of
from ragone.flows.running.jobs import JOBS, LAKE, Job
from ragone.flows.running.local_server import POOL, POOL_TYPE
from ragone.flows.running.plain_values import address_of, to_plain
from ragone.flows.running.server_access import require_answer, speaking_to
from ragone.models.generator.shipped import PLAN
from ragone.schemas.errors import did_you_mean

assert ragone.flows.__all__  # it declares the jobs

FLOWS = "ragone.flows.deployed"
FILE = "prefect.yaml"
SCHEDULED, RETRAINING = "campaign", "surrogate-training"
_GROWN = 0.2  # share of new observations from which a deployed retraining has something to do

_USUAL_NAME = "usual"


@dataclass(frozen=True)
class Schedule:
    """A schedule of starts: five fields of cron, in a time zone."""

    cron: str
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        from prefect.client.schemas.schedules import CronSchedule

        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as cause:
            raise StudyError(f"time zone {self.timezone!r} is not known. Write it as Europe/Berlin.") from cause
        try:
            CronSchedule(cron=self.cron)
        except ValueError as cause:
            example = "'0 6 * * *' for every day at 6"
            raise StudyError(f"{self.cron!r} is no schedule. Write five fields, such as {example}.") from cause


@dataclass(frozen=True)
class Deployed:
    """A job with plain parameters filled in; `name` and that of the job are its name on a server."""

    job: Job
    name: str
    parameters: Mapping[str, Any]
    forms: Mapping[str, Form] = field(default_factory=dict)
    schedule: Schedule | None = None
    at_once: int | None = None
    folder: str = "."
    flows: str = FLOWS

    @property
    def full_name(self) -> str:
        """The name that Prefect's own commands take."""
        return f"{self.job.name}/{self.name}"

    @property
    def entrypoint(self) -> str:
        """The path at which workers find the flow; with a colon Prefect would copy the folder and put it first."""
        return f"{self.flows}.{self.job.name.replace('-', '_')}"

    def entry(self) -> dict[str, Any]:
        """Its entry in `prefect.yaml`."""
        schedule = self.schedule
        found: dict[str, Any] = {
            "name": self.name,
            "description": self.job.title,
            "tags": [POOL],
            "entrypoint": self.entrypoint,
            "parameters": dict(self.parameters),
            "work_pool": {"name": POOL, "job_variables": {"working_dir": self.folder}},
            "schedules": [] if schedule is None else [{**vars(schedule), "active": True}],
        }
        if self.at_once is not None:
            found["concurrency_limit"] = {"limit": self.at_once, "collision_strategy": "ENQUEUE"}
        return found


def deployments(
    study: Study,
    lake: str,
    *,
    jobs: Sequence[str] = (),
    schedule: Schedule | None = None,
    at_once: int | None = None,
    flows: str = FLOWS,
) -> tuple[Deployed, ...]:
    """The jobs, deployed for a study and a lake.

    Parameters
    ----------
    study
        Is filled in where a job takes one, and gives the form for it.
    lake
        Its address.
    jobs
        Names of the jobs; all if empty.
    schedule
        Of the jobs that are named; of the campaign if none is.
    at_once
        How many runs of each deployment there may be at once; the others wait. Any number if None.
    flows
        The module in which workers find the flows.

    Raises
    ------
    StudyError
        If there is no such job, or one cannot be scheduled because a parameter is not filled in.
    """
    for name in jobs:
        if name not in JOBS:
            raise StudyError(f"there is no job {name!r}: {did_you_mean(name, JOBS)}")
    scheduled = tuple(jobs) or (SCHEDULED,)
    made = []
    for job in (JOBS[name] for name in jobs or sorted(JOBS)):
        filled = _filled(job, study, lake)
        when = schedule if job.name in scheduled else None
        missing = [n for n, p in job.signature.parameters.items() if p.default is p.empty and n not in filled]
        if when is not None and missing:
            raise StudyError(f"job {job.name!r} cannot be scheduled: nothing says its {missing[0]}. Start it by hand.")
        name, forms = (study.name, {"study": study.form()}) if "study" in filled else (_USUAL_NAME, {})
        made.append(Deployed(job, name, filled, forms, when, at_once, str(Path.cwd()), flows))
    return tuple(made)


def write_file(deployed: Sequence[Deployed], path: Path) -> None:
    """Write what Prefect's own `prefect deploy --all` takes."""
    content = {"name": POOL, "pull": [], "deployments": [one.entry() for one in deployed]}
    head = "# Written by `ragone deploy`; `prefect deploy --all` registers the same deployments, with plainer forms.\n"
    path.write_text(head + yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False), encoding="utf-8")


def register(deployed: Sequence[Deployed], server: str) -> tuple[str, ...]:
    """Make the deployments known to a server, in place of earlier ones of their names; returns their ids.

    Raises
    ------
    TrackingError
        If the server does not answer.
    """
    from prefect.client.orchestration import get_client

    with speaking_to(server):
        require_answer(server)
        try:
            with get_client(sync_client=True) as client:
                make_pool(client)
                return tuple(str(_registered(client, one)) for one in deployed)
        except Exception as cause:
            if is_machine_failure(cause):
                raise TrackingError(f"the Prefect server at {server} went away: {cause}. Try again.") from cause
            raise


def make_pool(client: Any) -> None:
    """Make the work pool of our workers, unless there is one."""
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    try:
        client.create_work_pool(WorkPoolCreate(name=POOL, type=POOL_TYPE, base_job_template=template))
    except ObjectAlreadyExists:
        return


def _registered(client: Any, deployed: Deployed) -> Any:
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
    from prefect.client.schemas.schedules import CronSchedule

    entry, schedule = deployed.entry(), deployed.schedule
    return client.create_deployment(
        flow_id=client.create_flow_from_name(deployed.job.name),
        name=deployed.name,
        description=entry["description"],
        tags=entry["tags"],
        entrypoint=entry["entrypoint"],
        parameters=entry["parameters"],
        parameter_openapi_schema=form_of(deployed.job, deployed.parameters, deployed.forms),
        enforce_parameter_schema=True,
        work_pool_name=POOL,
        job_variables=entry["work_pool"]["job_variables"],
        concurrency_limit=deployed.at_once,
        concurrency_options=ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
        schedules=[]
        if schedule is None
        else [DeploymentScheduleCreate(schedule=CronSchedule(**vars(schedule)), active=True)],
        pull_steps=[],
    )


def _filled(job: Job, study: Study, lake: str) -> dict[str, Any]:
    """The parameters that are known: lake, study, the plan of the generator that comes with Ragone, what is learned."""
    found: dict[str, Any] = {}
    for name, hint in job.hints.items():
        if name == LAKE:
            found[name] = address_of(lake)
        elif hint is Study:
            found[name] = study.to_plain()
        elif hint is GeneratorPlan:
            found[name] = to_plain(GeneratorPlan.load(PLAN))
        elif (job.name, name) == (RETRAINING, "target"):
            found[name] = next(goal.kpi for goal in study.goals if goal.is_objective)
        elif (job.name, name) == (RETRAINING, "if_grown"):
            found[name] = _GROWN
    return found
