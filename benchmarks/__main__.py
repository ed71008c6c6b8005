"""Run all benchmarks, or those named, and print one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from benchmarks import (
    ageing,
    anisotropy,
    cell_figures,
    censored_coverage,
    censored_lives,
    command_line,
    coverage,
    cycle_budget,
    cycle_jumping,
    discharges,
    disk,
    durations,
    early_lives,
    evaluations,
    fronts,
    generator,
    geometry,
    hashing,
    homogenisation,
    kpi_coverage,
    lineage,
    multi_fidelity,
    naive_lives,
    optimiser,
    polishing,
    prefect_tasks,
    queries,
    sensitivities,
    severson,
    sharing,
    steps,
    surrogates,
    survival_coverage,
    survival_stress,
    voxel_sizes,
    warm_start,
)
from benchmarks.measure import Line, tell

BENCHMARKS: dict[str, Callable[[], list[Line]]] = {
    "hashing": hashing.lines,
    "steps": steps.lines,
    "queries": queries.lines,
    "lineage": lineage.lines,
    "evaluations": evaluations.lines,
    "command_line": command_line.lines,
    "disk": disk.lines,
    "homogenisation": homogenisation.lines,
    "geometry": geometry.lines,
    "discharges": discharges.lines,
    "coverage": coverage.lines,
    "kpi_coverage": kpi_coverage.lines,
    "cycle_budget": cycle_budget.lines,
    "naive_lives": naive_lives.lines,
    "early_lives": early_lives.lines,
    "cell_figures": cell_figures.lines,
    "cycle_jumping": cycle_jumping.lines,
    "generator": generator.lines,
    "durations": durations.lines,
    "voxel_sizes": voxel_sizes.lines,
    "anisotropy": anisotropy.lines,
    "optimiser": optimiser.lines,
    "fronts": fronts.lines,
    "censored_coverage": censored_coverage.lines,
    "censored_lives": censored_lives.lines,
    "warm_start": warm_start.lines,
    "multi_fidelity": multi_fidelity.lines,
    "polishing": polishing.lines,
    "prefect_tasks": prefect_tasks.lines,
    "surrogates": surrogates.lines,
    "sharing": sharing.lines,
    "sensitivities": sensitivities.lines,
    "ageing": ageing.lines,
    "severson": severson.lines,
    "survival_coverage": survival_coverage.lines,
    "survival_stress": survival_stress.lines,
}
_HEAD = ("what", "ours", "peer", "ratio", "goal", "")


def main(names: Sequence[str]) -> None:
    """Measure, then print; what is measured shares the machine with whatever else runs, so only ratios count."""
    measured = []
    for name in names or BENCHMARKS:
        tell(f"{name} ...")
        measured += BENCHMARKS[name]()
    rows = [_HEAD, *(line.cells() for line in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if left out")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - BENCHMARKS.keys())
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    main(given.names)
