"""Galvanostatic intermittent titration: what each pulse and the rest after it say of equilibrium and diffusion."""

from ragone.pipelines.kpi.titration.gitt import diffusion_time

__all__ = ["diffusion_time"]
