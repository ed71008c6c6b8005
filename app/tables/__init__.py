"""Records and results as tables and lines for the eye, and as plain data."""
