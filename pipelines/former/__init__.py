"""Stages as earlier versions called them, so that what they made can be computed again; offered to nobody."""
