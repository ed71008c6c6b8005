"""The page that makes a folder a lake: ``lake.json``, with the format's version."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import rfc8785

from ragone.dataset.errors import LakeVersionError, NotALakeError, UnsafeFileError
from ragone.dataset.files import SMALL_FILE, Files

FORMAT_VERSION = 1
PAGE = "lake.json"


def create_page(files: Files) -> None:
    """Write the page of a new lake."""
    content = {"format": "ragone-lake", "version": FORMAT_VERSION, "created": datetime.now(UTC).isoformat()}
    files.write(PAGE, _rendered(content))


def check_page(files: Files, where: str) -> None:
    """Read the page of a lake.

    Raises
    ------
    NotALakeError
        If there is none, or it is not what `create_page` wrote.
    LakeVersionError
        If the lake was written by a newer format.
    """
    try:
        data = files.read(PAGE, limit=SMALL_FILE)
    except (FileNotFoundError, NotADirectoryError) as cause:
        raise NotALakeError(
            f"{where!r} is not a lake: there is no {PAGE} in it. Name the folder of a lake with --lake (that of "
            "`ragone demo` is demo/lake), or make one with `ragone run` or `ragone import`."
        ) from cause
    except UnsafeFileError as cause:
        raise NotALakeError(f"{where} is not a lake: {cause}") from cause
    try:
        content = json.loads(data)
        content.pop("sha256")
        version = int(content["version"])
        whole = data == _rendered(content) and content["format"] == "ragone-lake"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole, version = False, 0
    if not whole:
        raise NotALakeError(f"{where}/{PAGE} is damaged. Restore it from a copy, or make it again: ragone rebuild.")
    if version > FORMAT_VERSION:
        raise LakeVersionError(
            f"{where} has lake format {version}; this Ragone reads up to {FORMAT_VERSION}. "
            "Upgrade Ragone; nothing was changed."
        )


def mend_page(files: Files) -> None:
    """Write the page anew where it is damaged or gone, and there are runs to go with it."""
    try:
        check_page(files, "")
    except NotALakeError:
        if files.keys("runs"):
            create_page(files)


def _rendered(content: dict[str, Any]) -> bytes:
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    return bytes(rfc8785.dumps({**content, "sha256": digest})) + b"\n"
