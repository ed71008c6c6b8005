"""Telemetry of the libraries we start is off.

Importing this module is enough; it must happen before Prefect or PyBaMM is imported, which is why those are imported
late. What the user has set explicitly is left alone.
"""

from __future__ import annotations

import os

OFF = {
    "DO_NOT_TRACK": "1",
    "PYBAMM_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "RAY_USAGE_STATS_ENABLED": "0",
}

for _name, _value in OFF.items():
    os.environ.setdefault(_name, _value)
