"""`ragone share`: said in words, asked, signed and counted; verified on arrival, then used like any surrogate.

The noise is of the operating system, as in use: what is asserted of noisy numbers leaves about five deviations.
"""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from evaluated_designs import fill
from shared_policy import write_policy

from ragone.dataset import Lake
from ragone.flows.sharing.owner_key import owner_key
from ragone.flows.sharing.policy import read_policy
from ragone.flows.sharing.rounds import AGREED
from ragone.flows.sharing.sums import find_sums
from ragone.models.sharing.moments import Layout
from ragone.models.sharing.signed_document import signed, written
from ragone.schemas import Share

SURROGATE = ("share", "export", "energy_density", "--as", "surrogate", "--policy", "policy.yaml", "--output", "a.json")
KEY = ("--key", "owner.key")
OWNERS = ("ann", "bob", "cid")
DESIGN = ("--set", "porosity=32 %", "--set", "mass_loading=20 mg/cm^2", "--set", "binder_adhesion=0.5")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A lake of forty evaluated designs, of which a Gaussian process was trained."""
    place = tmp_path_factory.mktemp("owner") / "lake"
    with Lake.open(place, create=True) as lake:
        fill(lake, 40)
    return place


@pytest.fixture
def owner(filled, tmp_path):
    """A copy of that lake, and a policy beside it."""
    shutil.copytree(filled, tmp_path / "owner")
    write_policy(tmp_path)
    return tmp_path / "owner"


def test_a_private_surrogate_travels(cli, owner):
    """It is said what leaves, the budget shrinks, and another lake predicts, screens, compares and reproduces by it."""
    sent = cli(*SURROGATE, *KEY, "--epsilon", 2, "--yes", "--lake", owner)
    assert sent.code == 0, sent.err
    for said in ("40 designs", "porosity from 0.2 to 0.45", "at most 76% more", "epsilon = 1, delta = 9e-06"):
        assert said in sent.out
    fingerprint = cli("share", "key", *KEY, "--json").data["fingerprint"]
    assert fingerprint in sent.out
    came = cli("share", "import", "a.json", "--expect", fingerprint, "--json", "--lake", "other")
    assert came.code == 0, came.err
    assert (came.data["owner"], came.data["licence"]) == ("Ada Lovelace <0000-0002-1825-0097>", "CC-BY-4.0")
    surrogate = came.data["surrogate_id"]
    asked = cli("predict", surrogate, *DESIGN, "--json", "--lake", "other")
    assert asked.code == 0, asked.err
    assert 500 < asked.data["prediction"] < 700
    assert asked.data["interval"][0] < 637 < asked.data["interval"][1]
    assert cli("screen", surrogate, "--count", 1000, "--lake", "other").code == 0
    assert cli("reproduce", surrogate, "--lake", "other").code == 0
    assert "CC-BY-4.0" in cli("licences", surrogate, "--lake", "other").out
    assert cli("share", "import", "a.json", "--json", "--lake", "other").data["surrogate_id"] == surrogate
    assert cli("share", "import", "a.json", "--lake", owner).code == 0
    mine = ("retrain", "--target", "energy_density", "--methods", "quadratic", "--against", surrogate)
    compared = cli(*mine, "--lake", owner)
    assert compared.code == 0, compared.err
    assert "promoted: better on held-out designs" in compared.out


def test_the_budget_is_kept(cli, owner):
    """A second release that would exceed it is refused, and leaves neither file nor record; others pay alone."""
    assert cli(*SURROGATE, *KEY, "--epsilon", 2, "--yes", "--lake", owner).code == 0
    second = [word if word != "a.json" else "b.json" for word in SURROGATE]
    refused = cli(*second, *KEY, "--epsilon", 2, "--yes", "--lake", owner)
    assert refused.code == 2
    assert "the budget is exhausted" in refused.err
    assert not (owner.parent / "b.json").exists()
    with Lake.open(owner) as lake:
        assert lake.sql("SELECT epsilon FROM shares")["epsilon"].to_list() == [2.0]
        fill(lake, 30, seed=5)
        known = lake.get(lake.sql("SELECT id FROM shares").item(), Share).design_ids
    new = "recipe_id NOT IN (" + ",".join(f"'{one}'" for one in known) + ")"
    assert cli(*second, *KEY, "--epsilon", 2, "--where", new, "--yes", "--lake", owner).code == 0


def _noise(folder, lakes, file):
    """The noise in a file, over its stated deviation: what was released less the exact sums of all lakes."""
    document, policy = json.loads((folder / file).read_text()), read_policy(folder / "policy.yaml")
    exact = 0
    for name in lakes:
        with Lake.open(folder / name) as lake:
            exact = exact + np.array(find_sums(lake, "energy_density", policy, degree=2).numbers)
    return (np.array(document["numbers"]) - exact) / document["privacy"]["variance"] ** 0.5


def test_what_leaves_has_the_stated_noise(cli, owner):
    """Every released number has noise, of the stated deviation, and two files of the same data have other noise."""
    write_policy(owner.parent, "epsilon: 3", "epsilon: 9")
    noise = []
    for file in ("a.json", "b.json"):
        words = [word if word != "a.json" else file for word in SURROGATE]
        assert cli(*words, *KEY, "--degree", 2, "--yes", "--lake", owner).code == 0
        noise.append(_noise(owner.parent, ("owner",), file))
    for one in noise:
        assert (one != 0).all()
        assert 0.5 < np.sqrt(np.mean(one**2)) < 1.6
    assert abs(np.corrcoef(*noise)[0, 1]) < 0.6


def test_nothing_leaves_without_consent(cli, owner, monkeypatch):
    """Where nobody can be asked it is refused; a no at the terminal is a no, and a yes writes."""
    refused = cli(*SURROGATE, *KEY, "--lake", owner)
    assert (refused.code, "add --yes" in refused.err) == (2, True)
    assert "What leaves" in refused.out
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "no\n", raising=False)
    assert "as you decided" in cli(*SURROGATE, *KEY, "--lake", owner).err
    assert not (owner.parent / "a.json").exists()
    monkeypatch.setattr("sys.stdin.readline", lambda: "yes\n", raising=False)
    assert cli(*SURROGATE, *KEY, "--lake", owner).code == 0
    assert (owner.parent / "a.json").exists()


def test_statistics_travel(cli, owner):
    """Count, means and deviations come out near the truth at a loose epsilon, and no id is in the file."""
    words = [word if word != "surrogate" else "statistics" for word in SURROGATE]
    write_policy(owner.parent, "epsilon: 3", "epsilon: 20")
    assert cli(*words, *KEY, "--epsilon", 20, "--yes", "--lake", owner).code == 0
    text = (owner.parent / "a.json").read_text()
    with Lake.open(owner) as lake:
        ids = [one for row in lake.sql("SELECT id FROM recipes").rows() for one in row]
        truth = lake.sql("SELECT value FROM kpis WHERE value IS NOT NULL")["value"]
    assert not any(one in text for one in ids)
    found = cli("share", "import", "a.json", "--json", "--lake", "other").data["statistics"]
    assert found["count"] == pytest.approx(40, abs=15)
    mean = next(one["mean"] for one in found["columns"] if one["name"] == "energy_density")
    assert mean == pytest.approx(truth.mean(), abs=15)


def test_hyper_parameters_travel(cli, owner):
    """Only a Gaussian process has some; its file holds length scales in the units of the features, and no range."""
    words = [word if word != "surrogate" else "hyper-parameters" for word in SURROGATE]
    assert cli("retrain", "--target", "energy_density", "--methods", "linear", "--lake", owner).code == 0
    refused = cli(*words, *KEY, "--yes", "--lake", owner)
    assert "has no length scales" in refused.err
    trained = ("retrain", "--target", "energy_density", "--methods", "gaussian_process", "--against", "none")
    few = ("--where", "porosity < 0.27")
    assert cli(*trained, *few, "--lake", owner).code == 0
    assert "no sums" in cli(*words, *KEY, "--yes", "--round", "spring", "--lake", owner).err
    sent = cli(*words, *KEY, "--yes", "--lake", owner)
    assert sent.code == 0, sent.err
    assert "There is no differential privacy" in sent.out
    assert cli("share", "import", "a.json", "--json", "--lake", "other").data["form"] == "hyper-parameters"


def test_a_file_that_is_not_what_it_says_is_refused(cli, owner):
    """Changed, cut short, of another owner, of another shape: refused by name, and nothing is stored."""
    assert cli(*SURROGATE, *KEY, "--yes", "--lake", owner).code == 0
    path = owner.parent / "a.json"
    content = path.read_bytes()
    document = json.loads(content)

    def refusal(changed: bytes, *more: str) -> str:
        path.write_bytes(changed)
        answer = cli("share", "import", "a.json", *more, "--lake", "other")
        assert answer.code == 2
        with Lake.open("other") as lake:
            assert lake.sql("SELECT count(*) FROM shares").item() == 0
        return answer.err

    def forged(**changes: object) -> bytes:
        kept = {n: v for n, v in document.items() if n not in ("signature", "public_key", "format")}
        return written(signed({**kept, **changes}, owner_key(owner.parent / "forger.key")))

    assert "it was changed" in refusal(content.replace(b"Lovelace", b"Lovelage"))
    assert "cut short" in refusal(content[: len(content) // 2])
    assert "not who you expect" in refusal(forged(), "--expect", document["public_key"])
    assert "whole number" in refusal(forged(numbers=[1.5] * len(document["numbers"])))
    assert "numbers were released where" in refusal(forged(numbers=[1] * 7))
    assert "it must be a variance" in refusal(forged(privacy={"variance": -1}))
    assert "no range" in refusal(
        forged(layout={**document["layout"], "target": {**document["layout"]["target"], "low": 900.0}})
    )
    many = [{"name": f"x{n}", "unit": "", "low": 0.0, "high": 1.0, "whole": False} for n in range(400)]
    assert "at most" in refusal(forged(layout={**document["layout"], "features": many}))
    assert "is of the form 'network'" in refusal(forged(form="network"))
    assert "masked" in refusal(forged(form="masked"))
    assert "no text" in refusal(forged(licence=7))
    assert "names nobody" in refusal(forged(owner=" "))
    assert "finite" in refusal(content.replace(b'"delta": 1e-06', b'"delta": NaN'))
    assert "at most" in refusal(b" " * (2**22 + 1))
    assert "no ragone-share/1 document" in refusal(b"[]")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[hyper-parameters, surrogate, statistics]", "[statistics]", "the policy allows statistics, not surrogate"),
        ("    energy_density: {low: 550 W.h/L, high: 650 W.h/L}\n", "", "does not allow the column energy_density"),
        ("porosity:", "porositi:", "did you mean 'porosity'?"),
        ("low: 20 %, high: 45 %", "low: 50 %, high: 45 %", "is no range"),
        ("CC-BY-4.0", "MINE", "licence 'MINE' is not listed"),
        ("Ada Lovelace <0000-0002-1825-0097>", "Ada <0000-0002-1825-0098>", "ORCID"),
        ("allow:", "alow:", "did you mean 'allow'?"),
        ("epsilon: 3", "epsilon: 0.5", "the budget is exhausted"),
    ],
)
def test_a_policy_is_obeyed(cli, owner, old, new, said):
    """What it does not allow, or does not say in a way that is understood, does not leave."""
    write_policy(owner.parent, old, new)
    refused = cli(*SURROGATE, *KEY, "--yes", "--lake", owner)
    assert refused.code == 2
    assert said in refused.err
    assert not (owner.parent / "a.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--where", "porosity < (SELECT avg(porosity) FROM recipes)"), "spends privacy unseen"),
        (("--where", "1=1) QUALIFY (row_number() OVER (ORDER BY porosity) < 8"), "spends privacy unseen"),
        (("--features", "binder_adhesion,edge_voxels"), "does not allow the column edge_voxels"),
        (("--epsilon", "0"), "--epsilon"),
        (("--epsilon", "50"), "kept private; 1 is usual"),
        (("--delta", "0.5"), "less than 1 over the designs"),
        (("--degree", "3"), "it must be 1 or 2"),
    ],
)
def test_refusals(cli, owner, words, said):
    """They name what was wrong."""
    refused = cli(*SURROGATE, *KEY, "--yes", *words, "--lake", owner)
    assert refused.code == 2
    assert said in refused.err


def test_the_ledger_says_more_than_the_file(cli, owner):
    """The lake keeps query, snapshot and designs of what was sent; the file has none of them."""
    assert cli(*SURROGATE, *KEY, "--where", "porosity < 0.4", "--yes", "--lake", owner).code == 0
    with Lake.open(owner) as lake:
        share = lake.get(lake.sql("SELECT id FROM shares").item(), Share)
    assert share.where == "porosity < 0.4"
    assert share.snapshot_id
    assert 20 < len(share.design_ids) < 40
    text = (owner.parent / "a.json").read_text()
    assert not any(one in text for one in (*share.design_ids, share.snapshot_id, "0.4\n", str(owner)))


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Lakes of three owners, of twenty designs each."""
    folder = tmp_path_factory.mktemp("three")
    for number, name in enumerate(OWNERS):
        with Lake.open(folder / name, create=True) as lake:
            fill(lake, 20, seed=10 + number, high=0.4)
    return folder


def _owners(cli, folder, three):
    """Copies of their lakes, and a key and its file for each."""
    for name in OWNERS:
        shutil.copytree(three / name, folder / name)
        made = cli("share", "key", "--key", f"{name}.key", "--owner", name, "--output", f"{name}.pub.json")
        assert made.code == 0, made.err
    write_policy(folder, "[hyper-parameters, surrogate, statistics]", "[surrogate, statistics, masked]")
    return OWNERS


def _take_part(cli, name, names, *more, round_name="spring"):
    others = [f"{one}.pub.json" for one in names if one != name]
    words = [word if word != "a.json" else f"{name}.{round_name}.json" for word in SURROGATE] + ["--degree", 2]
    together = ("--with", *others, "--round", round_name, "--key", f"{name}.key", "--lake", name)
    return cli(*words, *together, "--epsilon", 1, "--yes", *more)


def test_three_owners_add_up(cli, tmp_path, three):
    """One surrogate of the designs of all three comes out of their masked files, and out of nothing less."""
    names = _owners(cli, tmp_path, three)
    for name in names:
        sent = _take_part(cli, name, names)
        assert sent.code == 0, sent.err
        assert "in round 'spring' with" in sent.out
        assert "If all other owners collude" in sent.out
    files = [f"{name}.spring.json" for name in names]
    assert "masked" in cli("share", "import", files[0], "--lake", "other").err
    assert "files of all 3 owners" in cli("share", "sum", *files[:2], "--key", "ann.key", "--output", "s.json").err
    twice = cli("share", "sum", *files, files[0], "--key", "ann.key", "--output", "s.json")
    assert "files of all 3 owners" in twice.err
    assert "key is of none" in cli("share", "sum", *files, "--key", "stranger.key", "--output", "s.json").err
    added = cli("share", "sum", *files, "--key", "ann.key", "--output", "s.json", "--json")
    assert added.code == 0, added.err
    assert len(added.data["owners"]) == 3
    came = cli("share", "import", "s.json", "--json", "--lake", "other")
    assert came.code == 0, came.err
    with Lake.open("other") as lake:
        share = lake.get(came.data["share_id"], Share)
    assert 0.5 < np.sqrt(np.mean(_noise(tmp_path, names, "s.json") ** 2)) < 1.6
    parts = [json.loads((tmp_path / file).read_text()) for file in files]
    assert share.content["privacy"]["variance"] == 3 * parts[0]["privacy"]["variance"]
    layout = Layout.read(share.content["layout"])
    noise = share.content["privacy"]["variance"] ** 0.5 * layout.unit
    count = layout.matrix(share.content["numbers"])[0, 0]
    assert count == pytest.approx(60, abs=5 * noise)
    assert cli("predict", came.data["surrogate_id"], *DESIGN, "--lake", "other").code == 0
    again = _take_part(cli, "ann", names, "--where", "porosity < 0.3")
    assert "was sent in round 'spring' before" in again.err


def test_owners_who_do_not_agree_are_not_added(cli, tmp_path, three):
    """Other columns or another epsilon: the sum is refused by the name of what differs."""
    names = _owners(cli, tmp_path, three)
    for name in names:
        more = ("--features", "porosity") if name == "cid" else ()
        assert _take_part(cli, name, names, *more).code == 0
    files = [f"{name}.spring.json" for name in names]
    assert "do not agree on layout" in cli("share", "sum", *files, "--key", "ann.key", "--output", "s.json").err
    assert not (tmp_path / "s.json").exists()
    nobody = cli(*SURROGATE, "--with", "ann.spring.json", "--round", "x", "--key", "bob.key", "--yes", "--lake", "bob")
    assert "is no key of an owner" in nobody.err
    forged = {name: json.loads((tmp_path / files[0]).read_text())[name] for name in ("form", *AGREED)}
    forged = signed(forged | {"owners": None}, owner_key(tmp_path / "ann.key"))
    (tmp_path / "forged.json").write_bytes(written(forged))
    assert "files of all 0 owners" in cli("share", "sum", "forged.json", "--key", "ann.key", "--output", "s.json").err
    assert "needs a name" in cli(*SURROGATE, "--with", "ann.pub.json", "--yes", "--lake", "bob").err
