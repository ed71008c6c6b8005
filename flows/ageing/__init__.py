"""Cells aged through their segments."""
