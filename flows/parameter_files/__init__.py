"""Parameter files, read strictly and within limits."""
