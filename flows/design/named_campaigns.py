"""Which campaign does a name mean: an id, a study's name, or its file?"""

from __future__ import annotations

from pathlib import Path

from ragone.dataset import Lake
from ragone.flows.design.laboratory import conclude_history, history_of
from ragone.flows.design.study import Study
from ragone.flows.errors import CampaignError
from ragone.schemas import Campaign, History

_NEWEST = "SELECT id FROM campaigns WHERE name = $name ORDER BY created DESC, id LIMIT 1"
_FILES = (".yaml", ".yml")


def campaign_meant(lake: Lake, name: str, study: Study | None = None) -> Campaign:
    """The campaign that a name means.

    Parameters
    ----------
    lake
        Where it is.
    name
        The id of a campaign, or of a history of the study; the name of a study, for the newest of its campaigns; or a
        study file, for all that is known of the study so far, a laboratory's reports too.
    study
        What histories are of; the study file itself where that is named.

    Raises
    ------
    CampaignError
        If there is none.
    """
    if name.endswith(_FILES) and Path(name).is_file():
        return _latest(lake, Study.load(name))
    newest = lake.sql(_NEWEST, parameters={"name": name})["id"].to_list()
    record = lake.get(newest[0] if newest else name)
    if isinstance(record, History) and study is not None:
        return conclude_history(lake, study, record)
    if not isinstance(record, Campaign):
        more = " with its study file instead" if isinstance(record, History) else ", a study's name or its file"
        raise CampaignError(f"{name} is a {record.kind}, which does not say what was searched. Name a campaign{more}.")
    return record


def _latest(lake: Lake, study: Study) -> Campaign:
    """Return the latest history of a study, concluded; its newest campaign where that holds as much."""
    history = history_of(lake, study)
    newest = lake.sql(_NEWEST, parameters={"name": study.name})["id"].to_list()
    campaign = lake.get(newest[0], Campaign) if newest else None
    if history is None and campaign is None:
        raise CampaignError(f"nothing is known of study {study.name!r} in this lake. Run it first.")
    if history is None or (campaign is not None and len(campaign.candidate_ids) >= len(history.trials)):
        assert campaign is not None
        return campaign
    return conclude_history(lake, study, history)
