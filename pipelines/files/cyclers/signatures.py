"""Is a file what its name says? The first bytes of the formats that have a mark."""

from __future__ import annotations

from pathlib import Path

from ragone.pipelines.files.cyclers.errors import EmptyMeasurementError, UnreadableMeasurementError

BIOLOGIC_TEXT = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")
_MARKS = {
    b"PAR1": ("a Parquet file", (".parquet",)),
    b"PK\x03\x04": ("a workbook or other ZIP archive", (".xlsx",)),
    b"MATLAB 5.0 MAT-file": ("a MATLAB file", (".mat",)),
    b"MATLAB 7.3 MAT-file": ("a MATLAB 7.3 (HDF5) file", (".mat",)),
    b"BIO-LOGIC MODULAR FILE": ("a BioLogic .mpr file", (".mpr",)),
    b"\x00\x01\x00\x00Standard Jet DB": ("an Access database, as Arbin's .res", (".res",)),
    b"\x00\x01\x00\x00Standard ACE DB": ("an Access database, as Arbin's .res", (".res",)),
    b"\x89HDF\r\n": ("an HDF5 file", ()),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook (.xls)", ()),
    b"\x1f\x8b": ("a gzip archive", ()),
}


def format_of(content: bytes) -> str:
    """Name of the format that the first bytes of a file belong to, in words."""
    for mark, (words, _) in _MARKS.items():
        if content.startswith(mark):
            return words
    return "binary data of a format that is not known" if b"\0" in content else "text"


def require_signature(path: Path) -> None:
    """Raise unless the first bytes are those of the format that the file's suffix claims.

    Raises
    ------
    EmptyMeasurementError
        If there are no bytes.
    UnreadableMeasurementError
        If they belong to another format.
    """
    with path.open("rb") as file:
        content = file.read(4096)
    if not content:
        raise EmptyMeasurementError(f"{path} is empty: it has 0 bytes. Export it again.")
    suffix = path.suffix.lower()
    mine = [mark for mark, (_, suffixes) in _MARKS.items() if suffix in suffixes]
    if mine and not content.startswith(tuple(mine)):
        raise UnreadableMeasurementError(
            f"{path} ends in {suffix} but looks like {format_of(content)}. Give it the suffix of what it is, or export "
            "it again."
        )
