"""The errors of studies and campaigns."""

from __future__ import annotations

from ragone.schemas.errors import RagoneError


class StudyError(RagoneError, ValueError):
    """The parameters of a study cannot be used; the message names the key by its path."""


class ExecutorError(RagoneError, RuntimeError):
    """The executor asked for cannot be started, or one of its workers died."""


class CampaignError(RagoneError, RuntimeError):
    """A campaign cannot go on; what it has stored stays, and it can be started again."""


class TrackingError(RagoneError, ConnectionError):
    """The Prefect server does not answer."""


class ServerError(RagoneError, OSError):
    """A Prefect server cannot be started here."""


class MeasurementError(RagoneError, ValueError):
    """A measurement that is not known, or of something that is no microstructure."""


class CellError(RagoneError, ValueError):
    """There is nothing to build the cell of, or a setting is not known."""


class MaterialsError(RagoneError, ValueError):
    """Two things are said of one material, or nothing."""


class KpiError(RagoneError, ValueError):
    """A KPI that is not known, or of something that has none such."""


class AllocationError(RagoneError, ValueError):
    """There are no fades between which cycles could be shared out, or their designs are not known."""


class SurvivalError(RagoneError, ValueError):
    """There are no lives to analyse, or what is asked of them is not known, or does not fit together."""


class CyclingError(RagoneError, ValueError):
    """Something was to be cycled that is no cell or no profile, or a setting of a protocol cannot be read."""


class ReportError(RagoneError, ValueError):
    """A report of a laboratory cannot be used; the message names the line and the column."""


class RetrainingError(RagoneError, ValueError):
    """There is nothing to train a surrogate on, or no such surrogate."""


class TargetError(RagoneError, ValueError):
    """A target of an inverse design that cannot be read."""
