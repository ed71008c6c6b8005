"""One module per command; each offers `execute(session)`, which returns the exit code."""
