"""Pictures of a campaign looked back on; each says in words what it shows, and where its designs lie in it."""

from ragone.app.pictures.review.canvas import Picture, Spot
from ragone.app.pictures.review.convergence import draw_progress
from ragone.app.pictures.review.front import draw_front
from ragone.app.pictures.review.parallel import draw_parallel
from ragone.app.pictures.review.powers import draw_powers
from ragone.app.pictures.review.slices import draw_slices

__all__ = ["Picture", "Spot", "draw_front", "draw_parallel", "draw_powers", "draw_progress", "draw_slices"]
