"""Stages as earlier versions called them, so that what they recorded can still be computed again; offered to nobody."""
