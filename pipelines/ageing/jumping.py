"""A life of which only some cycles are simulated: from the slopes of the state over others, the state is carried on.

A map of one cycle is asked for two cycles: the first lets what is fast come to rest, over the second the slope of the
whole state is taken. The slopes at two such places, extended linearly, are summed over the cycles that are skipped;
this keeps every linear balance of the state, such as that of lithium. Where the state lands the slope is taken again,
and the parabola through the three gives a sum one order better, to which state and row are corrected before the next
jump. Both go one order further where that came closer. The correction is the error of the jump, in terms of what a
cycle reports; it chooses the length of the next jump, and a jump beyond its tolerance is not taken but shortened, as
is one that leaves the physical or cannot be cycled. Where the cycles at hand show that a jump would fail, or jumps not
taken have cost more than a few cycles in a hundred and half of what was saved, none is tried.

Assumed: what is not slow comes to rest within a cycle or two, and there are no events between the cycles that are
simulated. A jump sees nothing that begins and ends inside it.

References
----------
Gear and Kevrekidis 2003 (projective integration), doi 10.1137/S1064827501388157; Sulzer et al. 2021 (cells by adaptive
extrapolation over cycles), doi 10.1149/1945-7111/abdb45.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.cycle_map import CycleRow, State
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.pipelines.ageing.simulated_life import CycleAdvance, SimulatedLife
from ragone.pipelines.ageing.slopes import Jump, Place, judged, predicted_state, reported, summed_weights
from ragone.schemas import FadeOutcome

_SHORTEST = 3  # skipped cycles; fewer cost as much as they save
_MOST_SETTLING = 6  # cycles after a jump before the one whose slope is taken
_RESTLESS = 0.25  # share of the tolerance above which another such cycle is tried
_LONGEST_PAUSE = 24  # cycles simulated one by one after jumps that were not taken
_WASTED = 0.02  # share of the cycles that may be simulated for jumps not taken, beside half of those saved
_SAFETY = 2  # by which the error of a jump is multiplied in the bound of the row where it lands
_START = 6  # cycles simulated before the first jump, slopes being taken over the second and the last


class BoundedCycles(CycleAdvance, Protocol):
    """The map of one cycle, with what bounds its state."""

    def is_physical(self, state: State) -> bool:
        """Return whether each part of a state lies within its bounds."""
        ...


@dataclass(frozen=True)
class Jumping:
    """Tolerances of jumps.

    Parameters
    ----------
    capacity_error
        Largest error of one jump in the discharging capacity, over the first capacity [-].
    variable_error
        Largest error of one jump in each variable of a row, over its change since the first cycle [-].
    longest
        Largest count of cycles skipped at once.
    """

    capacity_error: float = 3e-4
    variable_error: float = 0.05
    longest: int = 200


class Jumper:
    """A life by jumps; see the module.

    Parameters
    ----------
    cycles
        The map of one cycle.
    life
        What was done so far; its state is before the next cycle.
    jumping
        Tolerances.
    capacity_share
        Share of the reference capacity below which the cell is not cycled further [-], 0 for none. The
        crossing is met between cycles that are simulated and follow one another, or nearly so.
    """

    def __init__(
        self, cycles: BoundedCycles, life: SimulatedLife, *, jumping: Jumping, capacity_share: float = 0.0
    ) -> None:
        self._cycles, self._jumping, self._share = cycles, jumping, capacity_share
        self.life = life
        life.jumps = True
        self._known: list[Place] = []
        self._base: NDArray[np.float64] = np.zeros(0)
        self._origin: NDArray[np.float64] = np.zeros(0)
        self._offset, self._shift = life.carried_error, 0.0
        self._recent: list[Place] = []
        self._began, self._wasted = life.count, 0
        self._length, self._settling, self._pause, self._order = _SHORTEST, 1, _SHORTEST, 2

    def run(self, cycles: int) -> SimulatedLife:
        """Go on for so many cycles, skipped ones included, or until the life ends."""
        end, start = self.life.count + cycles, self.life.count + min(_START, cycles)
        while self.life.count < start and self._goes_on():
            self._do_one(remember=self.life.count + 1 in (start - _START + 2, start))
        while self.life.count < end and self._goes_on():
            before = self.life.simulated
            jump = self._next_jump(end) if self._promises() else None
            if jump is None:
                self._wasted += self.life.simulated - before
                for left in range(min(self._pause, end - self.life.count), 0, -1):
                    if self._goes_on():
                        self._do_one(remember=left == 1)
                self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            else:
                self._pause = _SHORTEST
                self._take(jump)
        return self.life

    def _goes_on(self) -> bool:
        return self.life.outcome is FadeOutcome.BUDGET

    def _do_one(self, *, remember: bool) -> None:
        """Simulate the next cycle."""
        life = self.life
        try:
            state, row = self._advanced(life.state)
        except CycleFailedError as failed:
            life.outcome, life.reason = failed.outcome, failed.reason
            return
        values = reported(row)
        if not life.rows:
            self._origin, self._base = values, values
        place = Place(life.count + 1, state, row, values, state - life.state, values - self._base)
        life.keep(row, place.count, self._bound(place))
        life.state, life.count, self._base = state, place.count, values
        self._recent = [*self._recent[-_SHORTEST - 1 :], place]
        if remember:
            self._remember(place)
        life.stop_below(self._share)

    def _next_jump(self, end: int) -> Jump | None:
        """The longest jump within tolerances that is found; None where the next cycles are better simulated."""
        length = min(
            self._length, self._jumping.longest, end - self.life.count - self._settling - 1, self._before_threshold()
        )
        power = -1 / (self._order + 1)
        while length >= _SHORTEST and len(self._known) > 1:
            jump = self._jump(length)
            if jump is None:
                length = length // 2
                continue
            share = self._over_tolerance(jump.error, jump.place)
            if share <= 1:
                reached = jump.corrected_row.discharging_capacity < self._threshold
                if not reached:
                    self._length = max(_SHORTEST, int(length * min(2.0, 0.9 * max(share, 1e-9) ** power)))
                    return jump
                length = min(length // 2, self._crossing(jump))
            else:
                length = int(length * max(0.3, min(0.7, 0.9 * share**power)))
        self._length = max(_SHORTEST, min(length, self._length)) if length >= _SHORTEST else _SHORTEST
        return None

    def _promises(self) -> bool:
        """Return whether a jump may pay: the shortest would have met the last cycle that was simulated in a row."""
        done = self.life.count - self._began
        saved = done - self.life.simulated + self._wasted
        if self._wasted > 1 + _WASTED * done + saved / 2:
            return False
        if len(self._recent) < _SHORTEST + 2:
            return True
        earlier, before, *_, last = self._recent
        weights = summed_weights([earlier.count, before.count], before.count, _SHORTEST)
        missed = weights @ [earlier.reported_slope, before.reported_slope] + before.reported - last.reported
        return self._over_tolerance(np.abs(missed), last) <= 1

    def _jump(self, length: int) -> Jump | None:
        """Skip so many cycles and simulate two; None where the state is no longer physical, or cannot be cycled."""
        last = self.life.count
        landed = predicted_state(self._known[-self._order :], self.life.state, last, length)
        if not self._cycles.is_physical(landed):
            return None
        try:
            place = self._settled(landed, last + length)
            jump = self._judged(place, length)
            if jump is not None and self._settling < _MOST_SETTLING and self._restless(jump) > _RESTLESS:
                further = self._after(place)
                drift = length * np.abs(further.reported_slope - place.reported_slope)
                if self._over_tolerance(drift, further) > self._restless(jump) / 4:
                    self._settling += 1
                    return self._judged(further, length)
        except CycleFailedError:
            return None
        return jump

    def _settled(self, state: State, count: int) -> Place:
        """The last of the cycles that are simulated after a jump."""
        state, row = self._advanced(state)
        place = Place(count + 1, state, row, reported(row), np.zeros(0), np.zeros(0))
        for _ in range(self._settling):
            place = self._after(place)
        return place

    def _after(self, place: Place) -> Place:
        """The cycle after another."""
        state, row = self._advanced(place.state)
        values = reported(row)
        return Place(place.count + 1, state, row, values, state - place.state, values - place.reported)

    def _restless(self, jump: Jump) -> float:
        """The part of a jump that slopes do not explain, over its tolerance: a trace of unrest [-]."""
        return self._over_tolerance(jump.unexplained, jump.place)

    def _judged(self, place: Place, length: int) -> Jump | None:
        """The jump with its correction and its error; None where the corrected state is not physical."""
        order = min(self._order, len(self._known))
        jump = judged(self._known, place, base=self._base, last=self.life.count, skipped=length, order=order)
        return jump if self._cycles.is_physical(place.state + jump.correction) else None

    def _over_tolerance(self, error: NDArray[np.float64], place: Place) -> float:
        """An error of what is reported, over that which is allowed; the largest [-]."""
        allowed = self._jumping.variable_error * np.abs(place.reported - self._origin)
        allowed[0] = self._jumping.capacity_error * self.life.first_capacity
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = error / allowed
        return float(np.max(np.where(allowed > 0, shares, 0.0)))

    def _take(self, jump: Jump) -> None:
        """Go to where a jump lands, and correct the state there."""
        life, place = self.life, jump.place
        known = [*self._known[-2:], place]
        passed = summed_weights([one.count for one in known], life.count, place.count - life.count - 1)
        life.time += float(passed @ [one.row.duration for one in known])
        life.throughput += float(passed @ [one.row.discharging_capacity for one in known])
        life.keep(jump.corrected_row, place.count, 0.0)
        self._offset += float(jump.residual[0])
        self._shift += float(jump.residual[0]) / max(abs(place.capacity_slope), 1e-300)
        life.state, life.count = place.state + jump.correction, place.count
        self._base = place.reported + jump.reported_correction
        life.errors[-1] = self._bound(place) + _SAFETY * float(jump.residual[0])
        self._remember(place)
        self._recent, self._order = [], jump.order
        life.stop_below(self._share)

    def _advanced(self, state: State) -> tuple[State, CycleRow]:
        self.life.simulated += 1
        return self._cycles.advance(state)

    def _remember(self, place: Place) -> None:
        self._known = [*self._known[-2:], place]

    def _bound(self, place: Place) -> float:
        """The error that jumps have left: as it arose, or as the cycles by which the life is ahead or behind."""
        self.life.carried_error = max(self._offset, self._shift * abs(place.capacity_slope))
        return self.life.carried_error

    @property
    def _threshold(self) -> float:
        return self._share * self.life.reference_capacity

    def _before_threshold(self) -> int:
        """The cycles that can be skipped before the threshold, by the last two slopes."""
        if not self._threshold or len(self._known) < 2:
            return self._jumping.longest
        before, last = self._known[-2:]
        ahead = np.arange(1, self._jumping.longest + 3)
        bend = (last.capacity_slope - before.capacity_slope) / (last.count - before.count)
        capacity = self._base[0] + np.cumsum(last.capacity_slope + bend * (self.life.count + ahead - last.count))
        below = np.flatnonzero(capacity < self._threshold)
        return int(below[0]) - self._settling - 1 if len(below) else self._jumping.longest

    def _crossing(self, jump: Jump) -> int:
        """The cycles that can be skipped before the threshold, which a jump has passed: on the chord."""
        drop = self._base[0] - jump.corrected_row.discharging_capacity
        share = (self._base[0] - self._threshold) / drop if drop > 0 else 0.0
        return int(share * (jump.place.count - self.life.count)) - self._settling - 1
