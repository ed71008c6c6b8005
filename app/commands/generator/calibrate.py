"""`ragone generator calibrate`: how large are a generator's errors, and how reliably are they predicted?"""

from __future__ import annotations

import json
from pathlib import Path

from ragone.app.pictures.generator import draw_reliability
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, Session
from ragone.flows.generator.calibration import Calibrated, calibrate_generator
from ragone.flows.generator.trust import DEFAULT
from ragone.models.generator.reliability import BANDS
from ragone.models.generator.shipped import PLAN, plain_record


def execute(session: Session) -> int:
    """Draw, measure, fit, and report the coverage of the 90 % band."""
    given = session.arguments
    with (
        session.lake(create=given.generator == DEFAULT) as lake,
        Watcher(session.notes, hidden=session.silent) as watcher,
    ):
        found = calibrate_generator(
            lake, given.generator, params=given.params or str(PLAN), beyond=given.beyond, progress=watcher
        )
    draw_reliability(found.reliabilities, given.png)
    if given.into:
        _keep(found, Path(given.into))
    coverage = {r.group: r.coverage().tolist() for r in found.reliabilities}
    data = {"errors_id": found.errors.id, "generator_id": found.errors.generator_id, "bands": list(BANDS)}
    session.answer({**data, "coverage": coverage}, "\n".join(_lines(found)))
    session.advise(f"drawn into {given.png}")
    return FINE


def _keep(found: Calibrated, path: Path) -> None:
    """Write the calibration into the file that `ragone generator train --export` wrote."""
    about = json.loads(path.read_text(encoding="utf-8"))
    about["errors"] = plain_record(found.errors)
    path.write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _lines(found: Calibrated) -> list[str]:
    errors = found.errors
    lines = [f"errors     {found.errors.id}", f"generator  {found.errors.generator_id}", f"  {errors.method}"]
    for place, name in enumerate(errors.metric_names):
        terms = (errors.floor[place], errors.growth[place], errors.spread_weight[place])
        lines.append(
            f"{name}: relative error {terms[0]:.3g}; {terms[1]:.3g} per range outside; {terms[2]:.3g} of the spread"
        )
        for one in found.reliabilities:
            held = one.coverage()[BANDS.index(0.9), place]
            lines.append(f"  {one.group}: {held:.0%} of {len(one.error)} within the 90 % band")
    return lines
