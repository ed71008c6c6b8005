"""Ages a cell in a lake; run as a process of its own, so that it can be killed."""

import sys

from ragone.dataset import Lake
from ragone.flows.ageing.chain import age
from ragone.pipelines.cell import reference_cell

SETTINGS = {"model": "SPM", "coating_points": 4, "particle_points": 8}


def main(place: str, cycles: int, segment: int) -> None:
    """Age it, and print the ids of the fade and of the last state."""
    with Lake.open(place, create=True) as lake:
        cell = lake.run(reference_cell, parameter_set="Chen2020").id
        aged = age(lake, cell, cycles=cycles, segment=segment, settings=SETTINGS)
        print(aged.fade_id, aged.state_id)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
