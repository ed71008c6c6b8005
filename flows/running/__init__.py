"""Where and how tasks run: executors, workers, progress, seeds, and a Prefect server if one is named."""
