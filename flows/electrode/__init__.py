"""What is measured of a microstructure, and how representative a volume is."""
