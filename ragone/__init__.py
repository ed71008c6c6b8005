"""Designs lithium-ion electrodes in a closed loop, and can reproduce every number it ever printed.

The names below are what scripts and notebooks start from; each is imported when it is asked for.
"""

TYPE_CHECKING = False  # as `typing` has it; nothing is imported here, so that `ragone --help` is instant
if TYPE_CHECKING:
    from ragone.dataset import Lake
    from ragone.flows import Study, run_campaign
    from ragone.schemas import kpi_stage, stage

__all__ = ["Lake", "Study", "kpi_stage", "run_campaign", "stage"]


def __getattr__(name: str) -> object:
    if name == "Lake":
        from ragone.dataset import Lake

        return Lake
    if name in ("Study", "run_campaign"):
        import ragone.flows

        return getattr(ragone.flows, name)
    if name in ("kpi_stage", "stage"):
        import ragone.schemas

        return getattr(ragone.schemas, name)
    raise AttributeError(f"ragone has no {name!r}; it has {', '.join(__all__)}, and its packages.")
