"""What the import of a measurement refuses, one class per cause.

Rows are counted from 1: the first row of data, below the header, is row 1.
"""

from ragone.schemas.errors import RagoneError


class MeasurementNotFoundError(RagoneError, FileNotFoundError):
    """There is no file at the path."""


class UnreadableMeasurementError(RagoneError, ValueError):
    """The file is not what its name says, is damaged, or needs something that we do not read."""


class FileTooLargeError(RagoneError, ValueError):
    """The file is larger than what may be read."""


class ReaderMissingError(RagoneError, ImportError):
    """The format needs a reader that is not installed."""


class EmptyMeasurementError(RagoneError, ValueError):
    """The file, or what was chosen of it, holds no sample."""


class MissingColumnsError(RagoneError, KeyError):
    """Time, voltage or current is not among the columns."""

    def __str__(self) -> str:
        return str(self.args[0])


class AmbiguousSeriesError(RagoneError, ValueError):
    """The file holds several series, cells or columns of which one must be chosen."""


class BadSampleError(RagoneError, ValueError):
    """A value is missing, no number, or infinite where a number is needed."""


class ImplausibleUnitError(RagoneError, ValueError):
    """The values cannot be in the unit that the header says, or that was assumed."""


class ContradictionError(RagoneError, ValueError):
    """The counters or dates of a file contradict what was read of it."""


class DecreasingTimeError(RagoneError, ValueError):
    """Time runs backwards."""


class CurrentSignError(RagoneError, ValueError):
    """The sign of the current contradicts the voltage, or there is none."""
