"""Something comes from another owner: verified as a whole before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.exchange.people import read_person
from ragone.dataset.exchange.terms import terms_of
from ragone.flows.design.evaluation import completed
from ragone.flows.running.tracking import run_stage
from ragone.flows.sharing.known_keys import require_known_key
from ragone.models.sharing.described import require_number
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.hyper_parameters import check_hyper_parameters
from ragone.models.sharing.moments import Layout, checked_numbers
from ragone.models.sharing.privacy import Privacy
from ragone.models.sharing.receiving import noise_of, receive_surrogate
from ragone.models.sharing.signed_document import LARGEST_BYTES, fingerprint_of, read_signed
from ragone.schemas import Share, ShareDirection, ShareForm, Surrogate
from ragone.schemas.errors import RagoneError

_ASK = "Ask the owner for the file again."
_TEXTS = ("target", "owner", "licence", "made", "unit", "definition")
_LONGEST = 2000


@dataclass(frozen=True)
class Received:
    """The record of something that came, and the surrogate that was made of it, if it is one."""

    share: Share
    surrogate: Surrogate | None


def receive(lake: Lake, path: Path, expect: str = "") -> Received:
    """Verify a file and store what it holds.

    Parameters
    ----------
    lake
        That it comes into.
    path
        The file.
    expect
        Fingerprint of its owner, or its first 16 digits; any if empty.

    Raises
    ------
    ShareError
        If anything is wrong with it; nothing is stored then.
    """
    share = read_share(path, expect)
    if not expect:
        require_known_key(lake, share)
    if share.form is not ShareForm.SURROGATE:
        lake.put(share, note=f"received as {path.name}")
        return Received(share, None)
    _try(share)
    lake.put(share, note=f"received as {path.name}")
    made = run_stage("receive", lake, receive_surrogate, share=share.id)
    return Received(share, lake.get(completed(made)["result"], Surrogate))


def read_share(path: Path, expect: str = "") -> Share:
    """The record of a file, verified; raises as `receive`."""
    document = read_document(path, expect)
    texts = _texts(document)
    form = _form(document)
    privacy = _checked(document, form)
    try:
        read_person(texts["owner"])
        made = _instant(texts["made"])
        return Share(
            direction=ShareDirection.RECEIVED,
            form=form,
            target=texts["target"],
            owner=texts["owner"],
            licence=texts["licence"],
            fingerprint=fingerprint_of(document["public_key"]),
            made=made,
            epsilon=privacy.get("epsilon"),
            delta=privacy.get("delta"),
            content=document,
        )
    except (RagoneError, ValueError, TypeError, OverflowError) as cause:
        raise ShareError(f"{path} describes no share: {cause} {_ASK}") from cause


def _instant(text: str) -> datetime:
    """The instant that a text names, in UTC; ValueError or OverflowError if it names none."""
    made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        raise ValueError(f"{text} is without a time zone.")
    return made.astimezone(UTC)


def read_document(path: Path, expect: str = "") -> dict[str, Any]:
    """The document of a file, once its signature was verified; raises `ShareError`."""
    if not path.is_file():
        raise ShareError(f"there is no file {path}. Give one that `ragone share` wrote.")
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    return read_signed(content, expect)


def _texts(document: Mapping[str, Any]) -> dict[str, str]:
    for name in _TEXTS:
        value = document.get(name)
        if not isinstance(value, str) or not value or len(value) > _LONGEST:
            raise ShareError(f"{name} of the file is no text of 1 to {_LONGEST} characters. {_ASK}")
        if not (value.replace("\n", " ") if name == "definition" else value).isprintable():
            raise ShareError(f"{name} of the file holds characters that cannot be shown: {value[:60]!r}. {_ASK}")
    if terms_of(document["licence"]) is None:
        raise ShareError(
            f"the licence {document['licence'][:60]!r} is not listed, so that nobody knows its terms. {_ASK}"
        )
    return {name: document[name] for name in _TEXTS}


def _form(document: Mapping[str, Any]) -> ShareForm:
    known = [str(one) for one in ShareForm]
    form = document.get("form")
    if form not in known:
        raise ShareError(f"the file is of the form {form!r}; this version knows {', '.join(known)}. Upgrade Ragone.")
    if form == ShareForm.MASKED:
        raise ShareError("the file is masked: alone it says nothing. Add up those of all owners with: ragone share sum")
    return ShareForm(form)


def _checked(document: Mapping[str, Any], form: ShareForm) -> Mapping[str, Any]:
    """Verify that the content is what its form says; returns the privacy that it states."""
    if form is ShareForm.HYPER_PARAMETERS:
        check_hyper_parameters(document)
        return {}
    layout = Layout.read(document.get("layout", {}))
    checked_numbers(document.get("numbers"), layout)
    _require_noise(document, layout)
    said = (layout.target.name, layout.target.unit)
    if said != (document["target"], document["unit"]):
        raise ShareError(f"the file is about {document['target']} and its sums about {said[0]} [{said[1]}]. {_ASK}")
    privacy: Mapping[str, Any] = document["privacy"]
    return privacy


def _require_noise(document: Mapping[str, Any], layout: Layout) -> None:
    """Raise `ShareError` unless the noise that is stated is as much as the stated privacy needs."""
    variance, stated = noise_of(document), document["privacy"]
    for name in ("epsilon", "delta"):
        require_number(stated.get(name), name)
    privacy = Privacy(stated["epsilon"], stated["delta"])
    least = privacy.variance(layout.sensitivity)
    if variance < least * (1 - 1e-9):
        raise ShareError(
            f"the stated noise has a variance of {variance:.4g}, where epsilon = {privacy.epsilon:g} needs "
            f"{least:.4g}: the file is not what it says. {_ASK}"
        )
    if stated != privacy.plain(layout.sensitivity, stated["variance"]):
        raise ShareError(f"the privacy of the file is stated in another way than this version knows. {_ASK}")


def _try(share: Share) -> None:
    """Make the surrogate once before anything is stored."""
    try:
        receive_surrogate(share)
    except (ArithmeticError, ValueError, LookupError, TypeError) as cause:
        raise ShareError(f"no surrogate can be made of the file: {cause} {_ASK}") from cause
