"""How much privacy of each design was spent: what left a lake is counted by the records that say so.

Releases add up for the designs that they have in common (Dwork and Roth 2014, theorem 3.16); a design pays for those
alone that it is in, since whether a row is found by a query depends on that row. Deleting the lake deletes its ledger.
"""

from __future__ import annotations

from collections.abc import Collection

from ragone.dataset import Lake
from ragone.flows.sharing.policy import Policy
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.privacy import Privacy
from ragone.schemas import Share

_SENT = "SELECT id FROM shares WHERE direction = 'sent' AND epsilon IS NOT NULL"


def spent(lake: Lake, designs: Collection[str]) -> tuple[float, float]:
    """The epsilon and the delta that were spent of those designs that have spent most."""
    epsilons, deltas = dict.fromkeys(designs, 0.0), dict.fromkeys(designs, 0.0)
    for share_id in lake.sql(_SENT)["id"].to_list():
        share = lake.get(share_id, Share)
        for name in epsilons.keys() & set(share.design_ids):
            epsilons[name] += share.epsilon or 0.0
            deltas[name] += share.delta or 0.0
    return max(epsilons.values(), default=0.0), max(deltas.values(), default=0.0)


def require_budget(lake: Lake, policy: Policy, designs: Collection[str], privacy: Privacy) -> tuple[float, float]:
    """The epsilon and delta that will be left.

    Raises
    ------
    ShareError
        If the release would cost more than is left.
    """
    epsilon, delta = spent(lake, designs)
    left = (policy.epsilon - epsilon - privacy.epsilon, policy.delta - delta - privacy.delta)
    if left[0] < -1e-9 or left[1] < -1e-15:
        raise ShareError(
            f"the budget is exhausted: of epsilon = {policy.epsilon:g} and delta = {policy.delta:g}, {epsilon:g} and "
            f"{delta:g} were spent of these designs, and this would cost {privacy.epsilon:g} and {privacy.delta:g}. "
            "Share what was sent before once more: a copy costs nothing."
        )
    return max(left[0], 0.0), max(left[1], 0.0)
