"""Every job as a Prefect flow, where workers find it: ``ragone.flows.deployed.campaign``.

Importing it imports Prefect.
"""

from __future__ import annotations

import ragone.flows
from ragone.flows.running.deployable import deployable
from ragone.flows.running.jobs import JOBS

assert ragone.flows.__all__  # it declares the jobs

globals().update({name.replace("-", "_"): deployable(job) for name, job in JOBS.items()})
