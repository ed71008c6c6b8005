"""What was spent stays spent: beside another export, in a copy of the lake, in one that is deleted or older."""

from __future__ import annotations

import shutil

import pytest
from evaluated_designs import fill
from shared_policy import write_policy

from ragone.dataset import Lake
from ragone.flows.sharing.ledger import Ledger
from ragone.flows.sharing.policy import read_policy
from ragone.flows.sharing.rounds import key_document, read_round
from ragone.flows.sharing.sending import Prepared, prepare_sums, send
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.privacy import Privacy
from ragone.models.sharing.signed_document import written
from ragone.schemas import ShareForm


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A lake of eight designs."""
    place = tmp_path_factory.mktemp("ledger") / "lake"
    with Lake.open(place, create=True) as lake:
        fill(lake, 8, high=0.4)
    return place


@pytest.fixture
def folder(filled, tmp_path):
    """A copy of it, and a policy with masked sums."""
    shutil.copytree(filled, tmp_path / "lake")
    write_policy(tmp_path, "[hyper-parameters, surrogate, statistics]", "[surrogate, masked]")
    return tmp_path


def _ledger(folder, lake) -> Ledger:
    return Ledger(lake, folder / "owner.key")


def _prepared(folder, ledger, epsilon: float = 2.0, round_name: str = "") -> Prepared:
    policy, other = read_policy(folder / "policy.yaml"), folder / "other.json"
    other.write_bytes(written(key_document("Bob", folder / "bob.key")))
    together = read_round(ledger, round_name, [other]) if round_name else None
    return prepare_sums(ledger, "energy_density", ShareForm.SURROGATE, policy, Privacy(epsilon, 1e-6), together)


def test_two_exports_that_were_asked_at_once_do_not_both_leave(folder):
    """Both saw a budget that suffices for one of them: the second is refused when it is sent, and leaves nothing."""
    with Lake.open(folder / "lake") as lake:
        ledger = _ledger(folder, lake)
        first, second = _prepared(folder, ledger), _prepared(folder, ledger)
        send(ledger, first, folder / "a.json")
        with pytest.raises(ShareError, match="the budget is exhausted"):
            send(ledger, second, folder / "b.json")
        assert lake.sql("SELECT count(*) FROM shares").item() == 1
    assert not (folder / "b.json").exists()


def test_one_round_is_not_sent_twice_at_once(folder):
    """Two data sets under one mask would differ by what is masked."""
    with Lake.open(folder / "lake") as lake:
        ledger = _ledger(folder, lake)
        first, second = (_prepared(folder, ledger, 0.5, "spring") for _ in range(2))
        send(ledger, first, folder / "a.json")
        with pytest.raises(ShareError, match="a mask hides once"):
            send(ledger, second, folder / "b.json")


def test_a_copy_of_the_lake_has_not_forgotten(folder, filled):
    """Budget and rounds are counted beside the key: a lake as it was before the release, and a new one, know them."""
    with Lake.open(folder / "lake") as lake:
        ledger = _ledger(folder, lake)
        send(ledger, _prepared(folder, ledger, 2.0, "spring"), folder / "a.json")
        assert ledger.spent(_prepared(folder, ledger, 0.5).design_ids) == (2.0, 1e-6)
    shutil.rmtree(folder / "lake")
    shutil.copytree(filled, folder / "lake")
    with Lake.open(folder / "lake") as lake:
        assert lake.sql("SELECT count(*) FROM shares").item() == 0
        ledger = _ledger(folder, lake)
        with pytest.raises(ShareError, match="the budget is exhausted"):
            _prepared(folder, ledger)
        with pytest.raises(ShareError, match="a mask hides once"):
            _prepared(folder, ledger, 0.5, "spring")
        fill(lake, 8, seed=9, high=0.4)
        new = {"where": f"porosity NOT IN ({_porosities(filled)})"}
        policy = read_policy(folder / "policy.yaml")
        prepare_sums(ledger, "energy_density", ShareForm.SURROGATE, policy, Privacy(2.0, 1e-6), **new)
        (folder / "owner.key.spent").write_text("{")
        with pytest.raises(ShareError, match="without it nothing leaves"):
            _prepared(folder, ledger, 0.5)
    assert ledger.path.stat().st_mode & 0o077 == 0


def _porosities(place) -> str:
    with Lake.open(place) as lake:
        return ",".join(str(one) for one in lake.sql("SELECT porosity FROM recipes")["porosity"])
