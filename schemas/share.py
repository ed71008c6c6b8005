"""What an owner gave to others, or received from one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from ragone.schemas.field import choice, document, instant, real, text, texts
from ragone.schemas.record import Record


class ShareDirection(StrEnum):
    """Whether it left this lake or came into it."""

    SENT = "sent"
    RECEIVED = "received"


class ShareForm(StrEnum):
    """The form in which knowledge is shared."""

    HYPER_PARAMETERS = "hyper-parameters"
    SURROGATE = "surrogate"
    STATISTICS = "statistics"
    MASKED = "masked"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Share(Record):
    """A signed document that was sent or received; the ledger of the privacy that was spent.

    Noise and masks are drawn by the operating system and kept nowhere: what was sent cannot be computed again.
    """

    kind: ClassVar[str] = "share"

    direction: ShareDirection = choice(ShareDirection, doc="whether it left this lake or came into it")
    form: ShareForm = choice(ShareForm, doc="what was shared")
    target: str = text(doc="KPI, or field of the transport, that it is about")
    owner: str = text(doc="whoever signed it, by name")
    licence: str = text(doc="SPDX identifier under which the owner gives it")
    fingerprint: str = text(doc="SHA-256 of the owner's public key")
    made: Any = instant(doc="when it was signed")
    epsilon: float | None = real("1", low=0, optional=True, doc="differential privacy spent; null if it has none")
    delta: float | None = real("1", low=0, high=1, optional=True, doc="chance beyond epsilon; null if it has none")
    design_ids: tuple[str, ...] = texts(default=(), doc="designs that it was computed from; never in the file")
    where: str = text(default="", doc="condition on the evaluations that found them; never in the file")
    snapshot_id: str = text(default="", doc="the state of the lake that was queried; never in the file")
    content: Any = document(doc="the signed document")
