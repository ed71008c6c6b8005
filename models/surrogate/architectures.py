"""All architectures of which a stored surrogate may be: the methods that are trained here, and what others sent."""

from __future__ import annotations

from collections.abc import Mapping

from ragone.models.surrogate.method import Loader
from ragone.models.surrogate.methods import METHODS
from ragone.models.surrogate.private_polynomial import PrivatePolynomials

ARCHITECTURES: Mapping[str, Loader] = {**METHODS, "private_polynomial": PrivatePolynomials()}
