"""The commands of a generator of microstructures, one module for each: `execute(session)` returns the exit code."""
