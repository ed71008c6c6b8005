"""Surrogates of the history: trained on evaluations that a query finds, compared, and asked about many designs."""
