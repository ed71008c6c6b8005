"""Has this been computed already? One small pointer per recipe, to the run that answered it.

Pointers are a view: losing one costs a recomputation, a wrong one is found out because the run it names does not
carry the recipe. They are rebuilt from the runs.
"""

from __future__ import annotations

from contextlib import suppress

from ragone.dataset.errors import UnsafeFileError
from ragone.dataset.files import SMALL_FILE, Files
from ragone.dataset.runs import Committed, RunLog
from ragone.schemas.provenance import RunOutcome

FOLDER = "recipes"


class Recipes:
    """The cache of a lake."""

    def __init__(self, files: Files, runs: RunLog) -> None:
        self._files = files
        self._runs = runs
        self._known: dict[str, Committed] = {}

    def find(self, recipe_id: str) -> Committed | None:
        """The completed run with this recipe, if there is one."""
        if recipe_id not in self._known:
            found = self._followed(recipe_id)
            if found is None:
                return None
            self._known[recipe_id] = found
        return self._known[recipe_id]

    def note(self, committed: Committed) -> None:
        """Remember a run's answer; failed runs are no answers."""
        run = committed.run
        if run.outcome is RunOutcome.COMPLETED:
            self._known[run.recipe_id] = committed
            with suppress(UnsafeFileError):  # fsck names what lies in its place
                self._files.note(_key(run.recipe_id), pointer_to(committed))

    def supply(self, committed: Committed) -> None:
        """Remember a run's answer where a pointer is missing."""
        with suppress(UnsafeFileError):
            if self._files.size(_key(committed.run.recipe_id)) is None:
                self.note(committed)

    def _followed(self, recipe_id: str) -> Committed | None:
        try:
            key, row = self._files.read(_key(recipe_id), limit=SMALL_FILE).decode().split()
            found = self._runs.at(key, int(row))
        except (FileNotFoundError, NotADirectoryError, UnsafeFileError, ValueError, IndexError):
            return None  # a damaged file of runs is a ValueError too
        answers = found.run.recipe_id == recipe_id and found.run.outcome is RunOutcome.COMPLETED
        return found if answers else None


def pointer_to(committed: Committed) -> bytes:
    """Return the content of the pointer to a run: its file and its row there."""
    return f"{committed.key} {committed.row}\n".encode()


def _key(recipe_id: str) -> str:
    return f"{FOLDER}/{recipe_id[:2]}/{recipe_id}"
