"""Covariates of a regression as columns of numbers: terms such as ``rate``, ``log(rate)``, ``rate^2`` or a text.

A text becomes an indicator of each option but the first; what the columns mean is fixed by the lives that a model is
fitted to, and holds for those that it predicts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.errors import LifetimesError
from ragone.models.survival.lifetimes import Lifetimes

Floats = NDArray[np.float64]
_LOGARITHM = re.compile(r"log\((.+)\)")
_SQUARE = "^2"


@dataclass(frozen=True)
class Terms:
    """Terms of a regression, with the options of those that are texts."""

    terms: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, lives: Lifetimes, terms: Sequence[str]) -> Self:
        """Read terms, and the options of texts among some lives.

        Raises
        ------
        LifetimesError
            If there is no such covariate, or it takes one value only.
        """
        options: dict[str, tuple[str, ...]] = {}
        for term in terms:
            name = covariate_of(term)
            if name not in lives.columns:
                known = ", ".join(sorted(lives.columns)) or "none"
                raise LifetimesError(f"covariate {name!r} is not known of every life; known are {known}.")
            if lives.columns[name].dtype.kind in "OSU":
                options[name] = tuple(sorted(set(lives.columns[name].tolist())))
            if len(set(lives.columns[name].tolist())) < 2:
                raise LifetimesError(
                    f"covariate {name!r} is {lives.columns[name][0]} for all {len(lives)} lives, so that its effect "
                    "cannot be told. Leave it out."
                )
        return cls(tuple(terms), options)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns: a term each, and one for each option of a text but the first."""
        return tuple(
            name
            for term in self.terms
            for name in ([f"{term}={one}" for one in self.options[term][1:]] if term in self.options else [term])
        )

    def columns(self, covariates: Mapping[str, NDArray[Any] | Sequence[Any]]) -> Floats:
        """Return the columns of some covariates, shape (row, column).

        Raises
        ------
        LifetimesError
            If a covariate is missing, is no finite number or, of a text, an option that was not fitted.
        """
        found = [column for term in self.terms for column in self._of_term(term, covariates)]
        count = len(next(iter(covariates.values()))) if covariates else 0
        return np.column_stack(found) if found else np.zeros((count, 0))

    def _of_term(self, term: str, covariates: Mapping[str, NDArray[Any] | Sequence[Any]]) -> list[Floats]:
        name = covariate_of(term)
        if name not in covariates:
            raise LifetimesError(f"covariate {name!r} is missing; the model uses {', '.join(self.terms)}.")
        if name in self.options:
            given = np.array([str(value) for value in covariates[name]])
            unknown = sorted(set(given.tolist()) - set(self.options[name]))
            if unknown:
                raise LifetimesError(
                    f"{name} = {unknown[0]!r} is none of the options that were fitted: {', '.join(self.options[name])}."
                )
            return [np.asarray(given == option, dtype=np.float64) for option in self.options[name][1:]]
        return [_transformed(term, name, np.asarray(covariates[name], dtype=np.float64))]


def covariate_of(term: str) -> str:
    """Return the name of the covariate that a term is made of."""
    logarithm = _LOGARITHM.fullmatch(term)
    return logarithm[1] if logarithm else term.removesuffix(_SQUARE)


def _transformed(term: str, name: str, values: Floats) -> Floats:
    logarithmic = term.startswith("log(") and term != name
    allowed = values > 0 if logarithmic else np.isfinite(values)
    if not (allowed & np.isfinite(values)).all():
        wrong = values[~(allowed & np.isfinite(values))][0]
        expected = "a number above 0" if logarithmic else "a finite number"
        raise LifetimesError(f"covariate {name!r} is {wrong:g} for one life; {expected} is expected in {term!r}.")
    if logarithmic:
        return np.asarray(np.log(values))
    return values**2 if term.endswith(_SQUARE) and term != name else values
