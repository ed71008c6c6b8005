"""Generators of microstructures: trained, judged, and watched while they draw."""
