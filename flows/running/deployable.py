"""Jobs as Prefect flows that a worker runs: from plain parameters, with what is being done in the flow run's log.

A failure of the machine is tried again by Prefect, a few times; any other fails at once. What was stored is found again
in the lake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ragone.flows.running.failures import is_machine_failure
from ragone.flows.running.jobs import Job
from ragone.flows.running.progress import Silent
from ragone.flows.running.shown import records_of
from ragone.flows.running.tracking import flow_of, in_flow_run

if TYPE_CHECKING:
    import prefect

TRIES_AGAIN = 3
_PAUSE_SECOND = 10


class Logged(Silent):
    """Progress that stands in the log of the flow run."""

    def __init__(self) -> None:
        from prefect.logging import get_run_logger

        self._log: Any = get_run_logger()
        self._done, self._total = 0, 0

    def started(self, total: int) -> None:
        """Remember how much there is to do."""
        self._total = total

    def step(self, text: str) -> None:
        """Log what is being done, and how far it is."""
        self._log.info("%s (%d of %d done)", text, self._done, self._total)

    def advanced(self) -> None:
        """Count it."""
        self._done += 1


def deployable(job: Job) -> prefect.Flow[..., Any]:
    """The flow of a job; it gives the ids of the records that came out."""

    def body(given: Mapping[str, Any]) -> list[str]:
        try:
            return [r.id for r in records_of(in_flow_run(lambda: job.run_plain(given, Logged()), given))]
        except Exception as error:
            if is_machine_failure(error):
                _try_again()
            raise

    body.__doc__ = job.function.__doc__
    return flow_of(job.name, job.signature, body)


def _try_again() -> None:
    """Let Prefect start the present flow run once more when it fails, unless it was too often."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import FlowRunPolicy
    from prefect.runtime import flow_run

    policy = FlowRunPolicy(retries=TRIES_AGAIN, retry_delay=_PAUSE_SECOND)
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, empirical_policy=policy)
