"""Under which licence may it be used? For each artifact the strictest one of what it was made of.

What was given has the licence that its record states. What was made of it is no freer: licences are passed on along
*made of*, not along *informed by*, for a design that was suggested after looking at data is no copy of them.

    public domain < attribution < share alike < non-commercial < both < no derivatives < own < unknown

`own` is what the lake's owners made and put under no licence yet; whoever exports it may name one, which takes its
place, but not that of what came in somebody's crate. `unknown` is a licence that nobody stated, or one that is not
listed in `terms`, and stays unknown. Two licences that exclude each other make what is made of both `incompatible`: the
reason is said, and no licence chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ragone.dataset.errors import DroppedError, LakeError
from ragone.dataset.exchange.selection import Selection
from ragone.dataset.exchange.terms import TERMS, excludes, terms_of
from ragone.schemas.errors import did_you_mean
from ragone.schemas.kinds import KINDS

OWN, UNKNOWN, INCOMPATIBLE = "own", "unknown", "incompatible"
_UNLICENSED = (OWN, UNKNOWN, INCOMPATIBLE)  # the least to say in front
_ORDER = {name: place for place, name in enumerate((*TERMS, *_UNLICENSED))}
_STATING = {"licence", "parameters"}  # fields that state one, or hold the content of somebody's file


class LicenceError(LakeError, ValueError):
    """A licence that no one can be bound by, because it is not known."""


@dataclass(frozen=True, slots=True)
class Licensed:
    """The licence of an artifact.

    Parameters
    ----------
    licence
        SPDX identifier of the strictest one, or own, unknown or incompatible.
    met
        Every licence that was met on the way, by the artifact that states it: their notices are to be kept.
    reasons
        What makes it unknown or incompatible, a sentence each.
    """

    licence: str
    met: Mapping[str, str]
    reasons: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The address of the licence's text; empty if there is none."""
        return TERMS[self.licence].address if self.licence in TERMS else ""


def licences(selection: Selection, own: str = "") -> dict[str, Licensed]:
    """Return the licence of every artifact of a selection.

    Parameters
    ----------
    selection
        What the crate holds.
    own
        SPDX identifier of the licence that the lake's owners give to what is theirs; none yet if empty.

    Raises
    ------
    LicenceError
        If that licence is not listed.
    """
    chosen = _chosen(own)
    parents: dict[str, list[str]] = {}
    for edge in selection.edges:
        if not edge.informed:
            parents.setdefault(edge.child, []).append(edge.parent)
    known: dict[str, Licensed] = {}
    for name in selection.artifacts:  # parents first: they were made earlier
        _resolve(name, selection, parents, chosen, known)
    return known


def whole(given: Mapping[str, Licensed]) -> Licensed:
    """Return the licence under which all artifacts together may be passed on."""
    return _combined(given.values(), made=False)


def _chosen(own: str) -> str:
    if not own:
        return OWN
    terms = terms_of(own)
    if terms is None:
        raise LicenceError(f"licence {own!r} is not listed: {did_you_mean(own, list(TERMS))}")
    return terms.id


def _resolve(
    name: str, selection: Selection, parents: Mapping[str, list[str]], chosen: str, known: dict[str, Licensed]
) -> None:
    """Fill in the licence of an artifact, and of its ancestors before it."""
    waiting = [name]
    while waiting:
        child = waiting[-1]
        missing = [parent for parent in parents.get(child, ()) if parent not in known]
        if missing and child not in known:
            waiting += missing
            continue
        waiting.pop()
        if child not in known:
            of = [known[parent] for parent in dict.fromkeys(parents.get(child, ()))]
            stated = _stated(child, selection, chosen, made=bool(of))
            known[child] = _combined([*of, *([stated] if stated else [])], made=bool(of))


def _stated(name: str, selection: Selection, chosen: str, *, made: bool) -> Licensed | None:
    """The licence that a record itself states; of what was given and states none that of the lake's owners."""
    ours = Licensed(chosen, {})
    if name in selection.imported and chosen != OWN:
        ours = Licensed(OWN, {}, (f"{name} came in a crate; its owners alone can put it under a licence",))
    unstated = None if made else ours
    kind = KINDS.get(selection.artifacts[name].kind)
    if kind is None:
        return _unknown(name, "is of a kind that no installed package knows")
    if not kind.fields().keys() & _STATING:
        return unstated
    try:
        record = selection.get(name)
    except DroppedError:  # only what was made is ever dropped
        return unstated
    if not hasattr(record, "licence"):
        foreign = not made and getattr(record, "parameters", None)
        return _unknown(name, "holds the content of a file and states no licence") if foreign else unstated
    if record.licence == OWN:
        return ours
    terms = terms_of(record.licence)
    if terms is None:
        states = "no licence" if record.licence == UNKNOWN else f"the licence {record.licence!r}, which is not listed"
        return _unknown(name, f"states {states}")
    return Licensed(terms.id, {name: terms.id})


def _unknown(name: str, why: str) -> Licensed:
    return Licensed(UNKNOWN, {name: UNKNOWN}, (f"{name} {why}",))


def _combined(parts: Iterable[Licensed], *, made: bool) -> Licensed:
    """The strictest of several, and what speaks against it; `made`: of what is made of the others."""
    each = list(parts)
    met = {name: licence for part in each for name, licence in part.met.items()}
    reasons = dict.fromkeys(reason for part in each for reason in part.reasons)
    found = {part.licence for part in each} or {OWN}
    conflicts = _conflicts(found) if made else []
    licence = INCOMPATIBLE if conflicts else max(found, key=_ORDER.__getitem__)
    return Licensed(licence, met, (*reasons, *conflicts))


def _conflicts(found: set[str]) -> list[str]:
    """Reasons why nothing that is made of works under all of these licences may be passed on."""
    terms = [TERMS[name] for name in sorted(found & TERMS.keys(), key=_ORDER.__getitem__)]
    pairs = [(one, other) for place, one in enumerate(terms) for other in terms[place:]]
    return list(dict.fromkeys(reason for one, other in pairs if (reason := excludes(one, other))))
