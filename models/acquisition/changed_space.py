"""What is known of candidates outside of the present space: a range, a choice or a fixed value that has changed.

A surrogate sees every candidate, in a space wide enough for all of them; what is suggested lies in the present one. A
number outside of its range has a coordinate outside of [0, 1]; an option no longer offered keeps its axis; a value
that is fixed now and was another once is an axis on which nothing is searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.space import Choice, Floats, UnitCube
from ragone.schemas import Candidate
from ragone.schemas.errors import MissingFieldError, ParameterError

_SAME = 1e-9  # distance in the unit cube below which a coordinate is what is fixed


@dataclass(frozen=True)
class ChangedSpace:
    """The cube in which is searched, and the wider one in which candidates are known.

    `fixed` has shape (axes of the wider cube,): the coordinate of an axis on which nothing is searched, NaN of others.
    """

    searched: UnitCube
    known: UnitCube
    fixed: Floats
    earlier: Mapping[str, Any]

    @classmethod
    def of(cls, space: Mapping[str, Any], candidates: Sequence[Candidate], earlier: Mapping[str, Any]) -> ChangedSpace:
        """The present space, and one that holds the candidates too.

        Parameters
        ----------
        space
            Path to its values, as `UnitCube.of` takes it.
        candidates
            All that something is known of.
        earlier
            Value of each path that candidates do not name because it was not varied then.

        Raises
        ------
        MissingFieldError, ParameterError
            If a candidate has no value for a path and there is no earlier one, or if candidates differ in a path that
            the space no longer names.
        """
        _require_named(space, candidates)
        values = [{**earlier, **candidate.values} for candidate in candidates]
        wide = {path: _widened(path, entry, values) for path, entry in space.items()}
        searched, known = UnitCube.of(space), UnitCube.of(wide)
        return cls(searched, known, _fixed(searched, known), earlier)

    @property
    def is_changed(self) -> bool:
        """Whether some axes are not searched."""
        return not bool(np.isnan(self.fixed).all())

    def points(self, candidates: Sequence[Candidate]) -> Floats:
        """Points of candidates in the wider cube, shape (candidates, axes), snapped."""
        filled = [Candidate(values={**self.earlier, **candidate.values}) for candidate in candidates]
        return self.known.snapped(self.known.points(filled))

    def inside(self, points: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether points of the wider cube, shape (n, axes), are of the present space."""
        free = np.isnan(self.fixed)
        within = ((points >= -_SAME) & (points <= 1 + _SAME) | ~free).all(axis=1)
        return np.asarray(within & (np.abs(points - self.fixed)[:, ~free] <= _SAME).all(axis=1))

    def embedded(self, points: Floats) -> Floats:
        """Points of the searched cube as points of the wider one."""
        whole = np.tile(self.fixed, (len(points), 1))
        whole[:, np.isnan(self.fixed)] = points
        return whole

    def projected(self, points: Floats) -> Floats:
        """The nearest points of the present space to points of the wider cube."""
        return self.known.snapped(np.where(np.isnan(self.fixed), np.clip(points, 0.0, 1.0), self.fixed))

    def searched_points(self, points: Floats) -> Floats:
        """Points of the wider cube on the axes that are searched."""
        return points[:, np.isnan(self.fixed)]

    def restricted(self, acquisition: Any) -> Any:
        """An acquisition over the wider cube as one over the searched cube."""
        import botorch.acquisition.fixed_feature as features

        if not self.is_changed:
            return acquisition
        columns = np.flatnonzero(~np.isnan(self.fixed)).tolist()
        values = self.fixed[columns].tolist()
        return features.FixedFeatureAcquisitionFunction(acquisition, self.known.axes, columns, values)


def _require_named(space: Mapping[str, Any], candidates: Sequence[Candidate]) -> None:
    others = sorted({path for candidate in candidates for path in candidate.values} - space.keys())
    for path in others:
        found = {repr(candidate.values.get(path)) for candidate in candidates}
        if len(found) > 1:
            raise ParameterError(
                f"candidates differ in {path}, which the space does not name. Name it there: its range, or the "
                "one value that it has now."
            )


def _widened(path: str, entry: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The entry of a space, with room for the values of candidates."""
    if any(path not in values for values in candidates):
        raise MissingFieldError(
            f"some candidates have no {path}, which the space varies now. Say what it was then: "
            f"optimiser.suggest.earlier: {{{path}: ...}}, in the unit of the path."
        )
    found = [values[path] for values in candidates]
    if "low" in entry:
        return entry
    options = list(entry["choices"]) if "choices" in entry else [entry["value"]]
    others = [value for number, value in enumerate(found) if value not in options and value not in found[:number]]
    if not others:
        return entry
    every = [*options, *others]
    if "value" in entry and all(isinstance(v, int | float) and not isinstance(v, bool) for v in every):
        return {"low": min(every), "high": max(every)}
    return {"choices": every}


def _fixed(searched: UnitCube, known: UnitCube) -> Floats:
    fixed = np.full(known.axes, np.nan)
    for path, variable in known.variables.items():
        axes = known.axes_of(path)
        if path not in searched.variables:
            fixed[axes] = variable.coordinates(searched.fixed[path], path)
        elif isinstance(variable, Choice):
            fixed[axes.start + searched.variables[path].width : axes.stop] = 0.0
    return fixed
