"""How fast beside others, measured side by side in the same run: ``python -m benchmarks [NAME ...]``."""
