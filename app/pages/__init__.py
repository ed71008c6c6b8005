"""Pages of one file, to be opened in a browser: what was asked, what was found, and how to go on."""

from ragone.app.pages.campaign_page import campaign_page
from ragone.app.pages.campaign_records import CampaignRecords
from ragone.app.pages.campaign_review import Section, review_of

__all__ = ["CampaignRecords", "Section", "campaign_page", "review_of"]
