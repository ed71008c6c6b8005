"""The page in a crate that says how to read and verify it without Ragone, and how to reproduce it with it."""

from __future__ import annotations

from html import escape

from ragone.dataset.exchange.entities import About
from ragone.dataset.exchange.selection import Selection

_PAGE = """\
# {title}

{description}

Licence: {licence}. It is about `{root_id}`.

## Without Ragone

- `ro-crate-metadata.json` describes it for tools: a Provenance Run Crate 0.5 (RO-Crate 1.1, JSON-LD).
- `lake/objects/KIND/SHA256.arrow` are the records, `lake/runs/run-SHA256.arrow` the executions of stages that made
  them: Arrow IPC files of one row, in Python `pyarrow.ipc.open_file(PATH).read_all()`. Units are in the metadata of the
  columns.
- `lake/lineage.parquet` has an edge a row: `child` is made of `parent`, or, where `informed` is true, was decided upon
  with a look at it.
- `lake/evaluations.parquet` and `.csv`, of a campaign, have a design a row, with its KPIs and their units.
- `workflow.json` has the stages with their entry points, and the study. `readable/` has records as other tools read
  them, `metadata/` descriptions for catalogues; either may be missing.
{dropped}
Verify that nothing was damaged, in the folder that holds `bagit.txt`:

    sha256sum --check --quiet manifest-sha256.txt tagmanifest-sha256.txt

or `python -m bagit --validate .`. Whether it is what its authors published, neither can say: compare the line
`Ragone-Root` of `bag-info.txt` with the root that they state, after the files were verified. Ragone does both at once.

## With Ragone

    ragone import-crate CRATE --lake lake --expect ROOT
    ragone reproduce {root_id} --lake lake

The first verifies every file and executes nothing; the second computes the result again and compares.
"""


def explanation(selection: Selection, about: About) -> bytes:
    """Return the page, in Markdown."""
    gone = sum(artifact.dropped for artifact in selection.artifacts.values())
    dropped = f"- The data of {gone} records were dropped to save space; `ragone reproduce` computes them again.\n"
    return _PAGE.format(
        title=escape(about.title),
        description=escape(about.description),
        licence=escape(about.licence[0]) + (f" ({about.licence[1]})" if about.licence[1] else ""),
        root_id=selection.root_id,
        dropped=dropped if gone else "",
    ).encode()
