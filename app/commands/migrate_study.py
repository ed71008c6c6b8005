"""`ragone migrate-study`: a study file of an earlier form, rewritten in the present one."""

from __future__ import annotations

from pathlib import Path

import yaml

from ragone.app.terminal.session import FINE, Session
from ragone.flows import Study, StudyError
from ragone.flows.design.former_study import is_former, migrated
from ragone.flows.parameter_files.parameters import read_yaml


def execute(session: Session) -> int:
    """Rewrite, check that it is read, and write or show it; comments of the old file are lost."""
    given = session.arguments
    content = read_yaml(given.params)
    if not is_former(content):
        raise StudyError(f"{given.params} is no study of an earlier form. Run it as it is: ragone run {given.params}")
    present = migrated(content)
    Study.read(present)
    text = yaml.safe_dump(present, sort_keys=False, allow_unicode=True, width=120)
    if given.output:
        Path(given.output).write_text(text, encoding="utf-8")
        session.advise(f"written to {given.output}")
    session.answer(present, text)
    return FINE
