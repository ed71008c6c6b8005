"""How a Prefect server is spoken to: at its address, with the password that it asks for, and in silence.

Prefect is imported when a server is spoken to, not before. The password is that of the environment's
PREFECT_API_AUTH_STRING, which Prefect's own commands take as well.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ragone.flows.errors import TrackingError

ADDRESS, PASSWORD = "PREFECT_API_URL", "PREFECT_API_AUTH_STRING"
_OWNER_ONLY = 0o600


def stored_password(folder: Path) -> str:
    """Return the password in a folder, made if there is none, in a file that its owner alone can read."""
    path = folder / "password"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w") as file:
            file.write(f"ragone:{secrets.token_urlsafe(24)}")
        part.rename(path)
    return path.read_text(encoding="ascii")


@contextmanager
def speaking_to(server: str, password: str = "", *, quiet: bool = True) -> Iterator[None]:
    """Let Prefect's clients speak to a server meanwhile.

    Parameters
    ----------
    server
        Address of the server's API, for example http://127.0.0.1:4200/api.
    password
        That of the environment if empty.
    quiet
        Whether Prefect logs nothing.
    """
    from prefect import settings

    chosen: dict[Any, Any] = {settings.PREFECT_API_URL: server}
    if password := password or os.environ.get(PASSWORD, ""):
        chosen[settings.PREFECT_API_AUTH_STRING] = password
    if quiet:
        chosen[settings.PREFECT_LOGGING_LEVEL] = "CRITICAL"
    with settings.temporary_settings(chosen):
        yield


def require_answer(server: str) -> None:
    """Raise TrackingError if the server of the present settings does not answer, or asks for another password."""
    import httpx
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        failure = client.api_healthcheck()
        if failure is not None:
            raise TrackingError(
                f"the Prefect server at {server} does not answer ({failure}). Start one with `ragone up`, "
                f"or unset {ADDRESS} to run without it."
            )
        try:
            client.api_version()
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code != httpx.codes.UNAUTHORIZED:
                raise
            raise TrackingError(
                f"the Prefect server at {server} asks for a password. Give it in {PASSWORD}; that of `ragone up` is in "
                "the file `password` of the folder that it names."
            ) from refused
