"""One file of a crate that others read: a table, an image, a description, made from records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rendering:
    """The content of a file and what it shows.

    Parameters
    ----------
    path
        Where it lies below the payload of a crate: ``readable/discharge-3fa9.csv``, ``metadata/datacite.json``.
    media_type
        Its IANA media type: ``text/csv``.
    of_id
        Id of the artifact that it shows; empty if it is about the whole crate.
    title
        A name for people to read.
    data
        The bytes of the file; the same for the same records.
    conforms_to
        IRI of the specification that it follows, if there is one.
    """

    path: str
    media_type: str
    of_id: str
    title: str
    data: bytes
    conforms_to: str | None = None
