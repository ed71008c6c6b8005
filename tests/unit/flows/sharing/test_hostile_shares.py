"""A signed file that a stranger wrote on purpose: refused by name, or harmless; never an error of another kind."""

from __future__ import annotations

import copy
import json
import math

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ragone.dataset import Lake
from ragone.flows.sharing.receiving import read_share, receive
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.moments import Layout
from ragone.models.sharing.privacy import Privacy
from ragone.models.sharing.receiving import receive_surrogate
from ragone.models.sharing.signed_document import signed, written
from ragone.models.sharing.statistics import statistics_of
from ragone.models.surrogate.features import Feature
from ragone.schemas import ShareForm

OWNER, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
HOSTILE = (None, True, -1, 1e308, -1e308, 1e-320, 1.5, "", "\x1b[2J", "a\nb", "\u202eabc", [], {}, [[]], ["a"], [1, 1])
FEATURES = (Feature("porosity", "1", 0.2, 0.45), Feature("solvent", "", options=("water", "NMP")))


def content(form: str) -> dict:
    """A file of that form, as `ragone share export` makes it."""
    layout = Layout(FEATURES, Feature("energy_density", "W.h/L", 500.0, 700.0), 1, form == "statistics")
    privacy, sensitivity = Privacy(1.0, 1e-6), layout.sensitivity
    return {
        "form": form,
        "target": "energy_density",
        "owner": "Ada Lovelace <0000-0002-1825-0097>",
        "licence": "CC-BY-4.0",
        "made": "2026-01-02T03:04:05+00:00",
        "unit": "W.h/L",
        "definition": "energy\nover volume",
        "layout": layout.plain(),
        "privacy": privacy.plain(sensitivity, privacy.variance(sensitivity)),
        "numbers": [40 * 2**16, *range(layout.length - 1)],
    }


HYPER = {
    name: value for name, value in content("surrogate").items() if name not in ("layout", "privacy", "numbers")
} | {
    "form": "hyper-parameters",
    "kernel": "Matern-5/2",
    "features": [
        {"name": "porosity", "unit": "1", "length_scales": [0.1]},
        {"name": "solvent", "unit": "", "length_scales": [0.1, 0.2], "choices": ["water", "NMP"]},
    ],
    "noise_variance_standardised": 0.1,
    "mean_standardised": 0.0,
}


def changed(document, path, value):
    """A copy in which one thing is another."""
    found = copy.deepcopy(document)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return found


def paths(document, before=()):
    """The path of everything in it, of long lists of the first."""
    inner = document.items() if isinstance(document, dict) else enumerate(document[:2])
    for key, value in inner:
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*before, key))


def read(folder, document, key=OWNER):
    """The share of a signed file, and all that is made of it."""
    path = folder / "file.json"
    path.write_bytes(written(signed(document, key)))
    share = read_share(path)
    if share.form is ShareForm.STATISTICS:
        made = statistics_of(Layout.read(share.content["layout"]), share.content["numbers"])
        json.dumps(made, allow_nan=False)
    if share.form is ShareForm.SURROGATE:
        receive_surrogate(share)
    return share


@pytest.mark.parametrize("document", [content("surrogate"), content("statistics"), HYPER], ids=lambda one: one["form"])
def test_whatever_is_written_is_refused_by_name_or_harmless(tmp_path, document):
    """Each value is replaced by each of many wrong ones: no other error comes, and no text that steers a terminal."""
    read(tmp_path, document)
    for path in paths(document):
        for value in HOSTILE:
            try:
                share = read(tmp_path, changed(document, path, value))
            except ShareError:
                continue
            assert not isinstance(value, str) or value.isprintable() or path == ("definition",), (path, value)
            assert share.epsilon is None or math.isfinite(share.epsilon)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("licence",), "whatever", "is not listed"),
        (("licence",), "CC-BY-4.0\nsigned as was expected", "cannot be shown"),
        (("made",), "0001-01-01T00:00:00+14:00", "describes no share"),
        (("made",), "2026-01-01T00:00:00", "time zone"),
        (("privacy", "variance"), 1.0, "the file is not what it says"),
        (("privacy", "epsilon"), 0.1, "the file is not what it says"),
        (("privacy", "mechanism"), "none", "in another way"),
        (("layout", "features", 1, "name"), "energy_density", "stands twice"),
        (("layout", "features", 0, "high"), 1e308, "no range"),
        (("layout", "features", 1, "choices"), ["water", "water"], "two different"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, path, value, said):
    """Terms that nobody knows, times that are none, less noise than is promised, columns that stand twice."""
    with pytest.raises(ShareError, match=said):
        read(tmp_path, changed(content("surrogate"), path, value))


def test_a_feature_without_a_name_is_not_passed_over(tmp_path):
    """It had been left out of the check of its length scales."""
    with pytest.raises(ShareError, match="the name of a column"):
        read(tmp_path, changed(HYPER, ("features", 0, "name"), 7))


def test_a_known_name_under_another_key_is_refused(tmp_path):
    """A name, or an ORCID under any name, that signed otherwise before: refused unless its fingerprint is expected."""

    def came(lake, key, owner, expect=""):
        path = tmp_path / "file.json"
        path.write_bytes(written(signed({**HYPER, "owner": owner}, key)))
        return receive(lake, path, expect).share

    with Lake.open(tmp_path / "lake", create=True) as lake:
        known = came(lake, OWNER, "Ada Lovelace <0000-0002-1825-0097>")
        assert came(lake, OWNER, "Ada Lovelace <0000-0002-1825-0097>").id == known.id
        for name in ("ADA  Lovelace", "Somebody <0000-0002-1825-0097>"):
            with pytest.raises(ShareError, match="so far"):
                came(lake, STRANGER, name)
        assert lake.sql("SELECT count(*) FROM shares").item() == 1
        stranger = came(lake, STRANGER, "Grace Hopper")
        assert came(lake, STRANGER, "Ada Lovelace", stranger.fingerprint).fingerprint != known.fingerprint
