"""The errors of the lake."""

from __future__ import annotations

from ragone.schemas.errors import RagoneError


class LakeError(RagoneError):
    """Root of what the lake refuses."""


class NotALakeError(LakeError, FileNotFoundError):
    """The folder holds no lake."""


class LakeVersionError(LakeError, ValueError):
    """The lake was written by a newer format."""


class ReadOnlyLakeError(LakeError, PermissionError):
    """The lake's folder cannot be written."""


class StorageFullError(LakeError, OSError):
    """The disk is full; nothing half-written is left."""


class UnknownIdError(LakeError, KeyError):
    """No artifact or run has this id."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownNameError(LakeError, LookupError):
    """No tag or saved query has this name."""


class AmbiguousIdError(LakeError, KeyError):
    """A shortened id or a tag fits more than one artifact."""

    def __str__(self) -> str:
        return str(self.args[0])


class OtherKindError(LakeError, TypeError):
    """An id leads to a record of another kind than was asked for."""


class MalformedIdError(LakeError, ValueError):
    """The text cannot be an id."""


class UnsafeFileError(LakeError, OSError):
    """A key or file that no lake writes: a link, a pipe, a name that leads elsewhere, more bytes than are read."""


class CorruptObjectError(LakeError, ValueError):
    """A stored file cannot be read as what its name says; whatever is wrong with it, it is this one class."""


class NewerRecordError(CorruptObjectError):
    """A stored record is of a kind or schema version that only a newer Ragone knows."""


class UnknownKindError(NewerRecordError):
    """A stored record is of a kind that neither Ragone nor an installed package knows."""


class DamagedTableError(LakeError, OSError):
    """A table cannot be read; it is only a view, and `ragone rebuild` makes it again."""


class DroppedError(LakeError, KeyError):
    """The artifact's data were dropped on purpose; `reproduce` brings them back."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotASelectError(LakeError, ValueError):
    """A query that is not one SELECT, or that cannot be answered."""


class QueryLimitError(NotASelectError):
    """A query that was stopped because it met its limit of time or memory."""


class StageFailedError(LakeError, RuntimeError):
    """The result of a failed run was asked for."""


class NotReproducibleError(LakeError, RuntimeError):
    """A dropped record could not be brought back as it was."""


class CrateError(LakeError, ValueError):
    """A crate that cannot be written, or is refused: damaged, of a newer format, or not what it says."""
