"""What an owner of data may give to others: signed documents of released numbers, and how private these are."""

from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.receiving import receive_surrogate

__all__ = ["ShareError", "receive_surrogate"]
