"""Designs lithium-ion electrodes in a closed loop, and can reproduce every number it ever printed.

The names below are what scripts and notebooks start from; each is imported when it is asked for.
"""

TYPE_CHECKING = False  # as `typing` has it; nothing is imported here, so that `ragone --help` is instant
if TYPE_CHECKING:
    from ragone.dataset import Lake
    from ragone.flows import Study, run_campaign
    from ragone.schemas import kpi_stage, stage

__all__ = ["Lake", "Study", "kpi_stage", "run_campaign", "stage"]
_ROOMS = {
    "Lake": "ragone.dataset",
    "Study": "ragone.flows",
    "kpi_stage": "ragone.schemas",
    "run_campaign": "ragone.flows",
    "stage": "ragone.schemas",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'ragone' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_ROOMS[name]), name)
