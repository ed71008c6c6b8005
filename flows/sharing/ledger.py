"""How much privacy of each design was spent: what left is counted by the records of the lake, and beside the key.

Releases add up for the designs that they have in common (Dwork and Roth 2014, theorem 3.16); a design pays for those
alone that it is in, since whether a row is found by a query depends on that row. A lake that is copied, deleted or
restored from a backup forgets; the file beside the owner's key does not, since designs have the same ids in any lake.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from ragone.dataset import Lake
from ragone.flows.sharing.policy import Policy
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.privacy import Privacy
from ragone.schemas import Share, ShareForm

_SENT = "SELECT id FROM shares WHERE direction = 'sent' AND epsilon IS NOT NULL"


@dataclass(frozen=True)
class Spending:
    """The cost of one release to each of its designs, and the round whose masks it used up, if any."""

    epsilon: float
    delta: float
    round: str
    design_ids: frozenset[str]

    @classmethod
    def of(cls, share: Share) -> Spending:
        """The cost that a record of a release states."""
        name = share.content["round"] if share.form is ShareForm.MASKED else ""
        return cls(share.epsilon or 0.0, share.delta or 0.0, name, frozenset(share.design_ids))


@dataclass(frozen=True)
class Ledger:
    """All that left a lake, or any other lake under the same key."""

    lake: Lake
    key_path: Path

    @property
    def path(self) -> Path:
        """The file beside the key, a line for each release."""
        return self.key_path.with_name(f"{self.key_path.name}.spent")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time look at what is left, and spend it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.lake.alone("share"), FileLock(f"{self.path}.lock"):
            yield

    def spendings(self) -> list[Spending]:
        """Every release, once.

        Raises
        ------
        ShareError
            If the file beside the key cannot be read.
        """
        found = {name: Spending.of(self.lake.get(name, Share)) for name in self.lake.sql(_SENT)["id"].to_list()}
        return list({**self._beside_key(), **found}.values())

    def add(self, share: Share) -> None:
        """Record a release beside the key, on the disk before this returns; the caller is alone."""
        spending = Spending.of(share)
        line = {**vars(spending), "design_ids": sorted(spending.design_ids), "share": share.id}
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def spent(self, designs: Collection[str]) -> tuple[float, float]:
        """The epsilon and the delta that were spent of those designs that have spent most."""
        epsilons, deltas = dict.fromkeys(designs, 0.0), dict.fromkeys(designs, 0.0)
        for one in self.spendings():
            for name in epsilons.keys() & one.design_ids:
                epsilons[name] += one.epsilon
                deltas[name] += one.delta
        return max(epsilons.values(), default=0.0), max(deltas.values(), default=0.0)

    def require_budget(self, policy: Policy, designs: Collection[str], privacy: Privacy) -> tuple[float, float]:
        """The epsilon and delta that will be left.

        Raises
        ------
        ShareError
            If the release would cost more than is left.
        """
        epsilon, delta = self.spent(designs)
        left = (policy.epsilon - epsilon - privacy.epsilon, policy.delta - delta - privacy.delta)
        if left[0] < -1e-9 or left[1] < -1e-15:
            raise ShareError(
                f"the budget is exhausted: of epsilon = {policy.epsilon:g} and delta = {policy.delta:g}, {epsilon:g} "
                f"and {delta:g} were spent of these designs, and this would cost {privacy.epsilon:g} and "
                f"{privacy.delta:g}. Share what was sent before once more: a copy costs nothing."
            )
        return max(left[0], 0.0), max(left[1], 0.0)

    def require_new_round(self, name: str) -> None:
        """Raise `ShareError` if something was sent in a round of that name before: a mask hides once."""
        if any(one.round == name for one in self.spendings()):
            raise ShareError(f"something was sent in round {name!r} before: a mask hides once. Agree on another name.")

    def _beside_key(self) -> dict[str, Spending]:
        found = {}
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
            for line in map(json.loads, lines):
                designs = frozenset(line["design_ids"])
                found[line["share"]] = Spending(float(line["epsilon"]), float(line["delta"]), line["round"], designs)
        except (ValueError, LookupError, TypeError, OSError) as cause:
            raise ShareError(
                f"{self.path}, which counts what was spent under this key, cannot be read ({cause!r}). Bring it back "
                "from a backup, or mend its last line: without it nothing leaves."
            ) from cause
        return found
