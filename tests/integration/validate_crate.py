"""Validate the payload of a crate by roc-validator, in an environment of its own and without a network.

``python validate_crate.py PAYLOAD``: the JSON-LD contexts are those beside the tests; any other address is refused. The
issues are written to standard output as JSON: their severity, check, message and entity.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests
from rocrate_validator import services
from rocrate_validator.models import Severity
from rocrate_validator.utils.http import HttpRequester

_VENDORED = Path(__file__).parents[1] / "vendored"
_CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": "ro-crate-1.1-context.jsonld",
    "https://w3id.org/ro/terms/workflow-run/context": "workflow-run-context.json",
}
_PROFILE = "provenance-run-crate-0.5"


def _vendored(self: HttpRequester, url: str, **how: Any) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url = 200, url
    response.headers["Content-Type"] = "application/ld+json"
    response._content = (_VENDORED / _CONTEXTS[url]).read_bytes()
    return response


def main(payload: str) -> None:
    """Write the issues."""
    HttpRequester.get = _vendored
    settings = services.ValidationSettings(
        rocrate_uri=payload,
        profile_identifier=_PROFILE,
        requirement_severity=Severity.RECOMMENDED,
        offline=True,
    )
    found = [
        {
            "severity": issue.severity.name,
            "check": issue.check.identifier,
            "message": issue.message,
            "entity": issue.violatingEntity,
        }
        for issue in services.validate(settings).get_issues()
    ]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
