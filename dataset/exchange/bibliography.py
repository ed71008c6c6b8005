"""What is to be cited, as BibTeX: the crate itself, the software behind its stages, and the parameter sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ragone.dataset.exchange.citations import Work
from ragone.dataset.exchange.description import Description
from ragone.dataset.exchange.software import PYTHON, RAGONE, Software

_ESCAPED = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", **{sign: f"\\{sign}" for sign in "#$%&_"}}
_ESCAPED |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEXT = str.maketrans(_ESCAPED)


def bibliography(description: Description) -> str:
    """Return the entries of a crate: itself first, then software in the order of its description, then works."""
    works = {work.key: work for one in description.software for work in one.works}
    works |= {work.key: work for work in description.parameter_sets}
    entries = [_crate(description), *map(_software, description.software), *map(_work, works.values())]
    return "\n\n".join(entries) + "\n"


def _crate(about: Description) -> str:
    return _entry(
        "dataset",
        f"crate-{about.uuid}",
        {
            "title": about.title,
            "author": " and ".join(person.name for person in about.people),
            "publisher": about.publisher,
            "year": str(about.year),
            "note": f"Merkle-hashed records of Ragone, root artifact {about.root_id}",
            "license": about.licence.licence,
        },
    )


def _software(one: Software) -> str:
    note = f"Behind the stages {', '.join(one.stages)}" if one.name not in (RAGONE, PYTHON) else ""
    fields = {"title": one.name, "version": one.version, "note": note}
    return _entry("software", f"{one.name}-{one.version}", fields, {"url": one.address if one.name != RAGONE else ""})


def _work(work: Work) -> str:
    fields = {
        "title": work.title,
        "author": " and ".join(work.authors),
        "journal": work.published_in,
        "year": str(work.year),
    }
    return _entry("article", work.key, fields, {"doi": work.doi})


def _entry(kind: str, key: str, texts: Mapping[str, str], verbatim: Mapping[str, str] | None = None) -> str:
    """One entry; what is empty is left out."""
    lines: Iterable[tuple[str, str]] = [
        *((name, text.translate(_TEXT)) for name, text in texts.items()),
        *(verbatim or {}).items(),
    ]
    width = max(len(name) for name, _ in lines)
    body = ",\n".join(f"  {name:<{width}} = {{{value}}}" for name, value in lines if value)
    return f"@{kind}{{{_key(key)},\n{body}\n}}"


def _key(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-.") else "-" for c in text)
