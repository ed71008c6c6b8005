"""Stages of physics: plain functions, record in, record out. No storage, no plotting, no printing."""
