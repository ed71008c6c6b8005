"""Designs lithium-ion electrodes in a closed loop, and can reproduce every number it ever printed.

The names below are what scripts and notebooks start from; each is imported when it is asked for.
"""

TYPE_CHECKING = False  # as `typing` has it; nothing is imported here, so that `ragone --help` is instant
if TYPE_CHECKING:
    from ragone import plot
    from ragone.app.notebook import show
    from ragone.dataset import Lake
    from ragone.flows import Study, run_campaign
    from ragone.schemas import kpi_stage, stage

__all__ = ["Lake", "Study", "kpi_stage", "plot", "run_campaign", "show", "stage"]
_ROOMS = {
    "Lake": "ragone.dataset",
    "Study": "ragone.flows",
    "kpi_stage": "ragone.schemas",
    "plot": "ragone.plot",
    "run_campaign": "ragone.flows",
    "show": "ragone.app.notebook",
    "stage": "ragone.schemas",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'ragone' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    room = import_module(_ROOMS[name])
    return room if _ROOMS[name] == f"ragone.{name}" else getattr(room, name)
