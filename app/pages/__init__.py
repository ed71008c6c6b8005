"""Pages of one file, to be opened in a browser: what was asked, what was found, and how to go on."""

from ragone.app.pages.campaign_page import campaign_page
from ragone.app.pages.campaign_records import CampaignRecords

__all__ = ["CampaignRecords", "campaign_page"]
