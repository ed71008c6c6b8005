"""Generators of microstructures: their training, their calibration, and their errors in a study."""
