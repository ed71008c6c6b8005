"""`ragone deploy`: the jobs of a study on a Prefect server, with forms, a schedule and a limit; and `prefect.yaml`."""

from __future__ import annotations

from pathlib import Path

from ragone.app.terminal.session import FINE, Session
from ragone.flows import Study, StudyError
from ragone.flows.deploying import SCHEDULED, Schedule, deployments, register, write_file
from ragone.flows.running.tracking import server_address


def execute(session: Session) -> int:
    """Write the file; register the deployments if a server is named."""
    given = session.arguments
    if given.timezone and not given.cron:
        raise StudyError("--timezone without --cron says nothing. Give --cron, too.")
    if given.at_once is not None and given.at_once < 1:
        raise StudyError(f"--at-once {given.at_once} must be 1 at least.")
    study = Study.load(given.params, given.changes)
    schedule = Schedule(given.cron, given.timezone or "UTC") if given.cron else None
    made = deployments(study, session.place, jobs=given.jobs, schedule=schedule, at_once=given.at_once)
    path = Path(given.output)
    write_file(made, path)
    server = given.prefect_api or server_address()
    if server:
        with session.working("registering"):
            register(made, server)
    names = [one.full_name for one in made]
    session.answer({"deployments": names, "file": path, "server": server}, "\n".join(names))
    session.advise(f"written    {path}\nregistered {server or 'nowhere: no server is named'}")
    example = next((name for name in names if name.startswith(f"{SCHEDULED}/")), names[0])
    where = server or "http://127.0.0.1:4200/api, which `ragone up` starts"
    session.advise(f"Start one: PREFECT_API_URL={where}\n  prefect deployment run '{example}'")
    return FINE
