"""A ZIP archive in one layout alone: stored files after one another, nothing before, between or after them.

The layout (PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16) follows from names and contents, with one
date for all, so that equal crates are equal files. An archive in any other layout is not read: no byte of it is
unaccounted for, and nothing unpacks to more than it is. What is lost: archives that other tools made are refused; their
files can be unpacked and read as a folder.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from ragone.dataset.errors import CrateError
from ragone.dataset.exchange.crate_format import MOST_FILES
from ragone.dataset.files import LARGEST_FILE

LARGEST = 2**32 - 1  # bytes of an archive; beyond, offsets need an extension

_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_LOCAL_HEADER, _CENTRAL_HEADER, _END_RECORD = (struct.Struct(f) for f in ("<I5H3I2H", "<I6H3I5H2I", "<I4H2IH"))
_VERSION, _MADE_BY = 20, 0x0314  # 2.0, on Unix
_DATE = 0x0021  # the first of January 1980, the earliest that there is
_REGULAR_FILE = 0o100644 << 16
_LONGEST_NAME = 512


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive: its name, CRC-32, size [byte], and where its header begins."""

    name: str
    crc: int
    size: int
    offset: int

    def header(self) -> bytes:
        """Return the bytes before the content."""
        name = self.name.encode()
        fields = (_LOCAL, _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0)
        return _LOCAL_HEADER.pack(*fields) + name

    def listed(self) -> bytes:
        """Return its line in the directory at the end."""
        name = self.name.encode()
        fields = (_CENTRAL, _MADE_BY, _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0, 0, 0, 0)
        return _CENTRAL_HEADER.pack(*fields, _REGULAR_FILE, self.offset) + name

    @property
    def start(self) -> int:
        """The place of its content."""
        return self.offset + _LOCAL_HEADER.size + len(self.name.encode())


def write_entry(file: IO[bytes], name: str, data: bytes) -> Entry:
    """Add a file to an archive.

    Raises
    ------
    CrateError
        If the archive would become larger than one can be.
    """
    entry = Entry(name, zlib.crc32(data), len(data), file.tell())
    if entry.start + len(data) > LARGEST:
        raise CrateError("the crate has more than 4 GiB, the most that a ZIP archive holds. Export it to a folder.")
    file.write(entry.header())
    file.write(data)
    return entry


def write_end(file: IO[bytes], entries: list[Entry]) -> None:
    """Add the directory, which ends an archive; CrateError if it would hold more files than one can."""
    if len(entries) > MOST_FILES:
        raise CrateError(f"the crate has {len(entries)} files, of {MOST_FILES} at most in a ZIP archive.")
    file.write(_directory(entries, file.tell()))


def read_entries(file: IO[bytes], where: str) -> list[Entry]:
    """Return the files of an archive, in their order.

    Raises
    ------
    CrateError
        If any byte of it, but for contents, is not as `write_entry` and `write_end` write it.
    """
    entries = list(_entries(file, where))
    start = file.tell()
    wanted = _directory(entries, start)
    if file.read(len(wanted) + 1) != wanted:
        raise _refusal(where, "its directory does not say what lies before it")
    return entries


def read_content(file: IO[bytes], entry: Entry) -> bytes:
    """Return the content of a file of an archive; CrateError if its CRC-32 is another."""
    file.seek(entry.start)
    data = file.read(entry.size)
    if zlib.crc32(data) != entry.crc:
        raise CrateError(f"{entry.name} is damaged: its CRC-32 is not the one stated. Ask for the crate again.")
    return data


def _entries(file: IO[bytes], where: str) -> Iterator[Entry]:
    """The files, up to the directory; the file is left there."""
    end = file.seek(0, os.SEEK_END)
    if end > LARGEST:
        raise _refusal(where, f"it has {end} bytes, of {LARGEST} at most")
    offset = 0
    for number in range(MOST_FILES + 1):
        file.seek(offset)
        head = file.read(_LOCAL_HEADER.size)
        if number and head[:4] == struct.pack("<I", _CENTRAL):
            file.seek(offset)
            return
        entry = _entry(head, file, offset, where)
        yield entry
        offset = entry.start + entry.size
    raise _refusal(where, f"it holds more than {MOST_FILES} files")


def _entry(head: bytes, file: IO[bytes], offset: int, where: str) -> Entry:
    """The file whose header was read; in its own words what is wrong with it."""
    if len(head) < _LOCAL_HEADER.size or head[:4] != struct.pack("<I", _LOCAL):
        raise _refusal(where, f"no file begins at byte {offset}")
    _, _, flags, method, _, _, crc, _, size, length, _ = _LOCAL_HEADER.unpack(head)
    name = file.read(min(length, _LONGEST_NAME))
    shown = name.decode("utf-8", "replace")
    for wrong, why in ((flags & 1, "is encrypted"), (method, "is compressed"), (flags, "has flags")):
        if wrong:
            raise _refusal(where, f"{shown!a} {why}")
    if length > _LONGEST_NAME or size > LARGEST_FILE:
        raise _refusal(where, f"at byte {offset} lies a file of {size} bytes with a name of {length}")
    entry = Entry(shown, crc, size, offset)
    if entry.header() != head + name:
        raise _refusal(where, f"the header of {shown!a} says what no such archive does")
    return entry


def _directory(entries: list[Entry], start: int) -> bytes:
    content = b"".join(entry.listed() for entry in entries)
    count = len(entries)
    return content + _END_RECORD.pack(_END, 0, 0, count, count, len(content), start, 0)


def _refusal(where: str, why: str) -> CrateError:
    return CrateError(
        f"{where} is no archive as ragone export writes it: {why}. Ask for the crate again; if other tools packed it, "
        "unpack it with a tool that you trust, and import the folder."
    )
