"""What an earlier version stored travels in a crate as it is: the ids stay, and it can still be computed again."""

from __future__ import annotations

import shutil
from pathlib import Path

from ragone.dataset import Lake
from ragone.dataset.exchange import export, import_crate, select
from ragone.schemas import Verdict

HERE = Path(__file__).parent


def test_a_result_of_an_earlier_version(tmp_path):
    """Records and runs keep the schema version that they were written in, beside new ones in the receiving lake."""
    shutil.copytree(HERE / "lake-v2", tmp_path / "old")
    with Lake.open(tmp_path / "old") as old:
        (name,) = old.sql("SELECT output_ids[1] AS id FROM runs WHERE stage = 'published_4680' LIMIT 1")["id"]
        done = export(old, name, tmp_path / "crate.zip")
        held = select(old, name).artifacts
        versions = dict(old.sql("SELECT id, schema_version FROM artifacts").rows())
    import_crate(tmp_path / "crate.zip", tmp_path / "new", expect=done.root)
    with Lake.open(tmp_path / "new") as new:
        assert new.fsck().problems == ()
        found = dict(new.sql("SELECT id, schema_version FROM artifacts WHERE kind <> 'snapshot'").rows())
        assert held.keys() <= found.keys()
        assert all(found[one] == versions[one] for one in held)
        assert new.reproduce(name).verdict in (Verdict.BITWISE, Verdict.WITHIN)
        assert export(new, name, tmp_path / "again.zip").root == done.root
