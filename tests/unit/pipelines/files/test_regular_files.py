"""Only regular files are opened, and only of at most so many bytes."""

import os
import socket

import pytest

from ragone.pipelines.files.regular import (
    FileMissingError,
    InputFileError,
    NotRegularFileError,
    OversizedFileError,
    open_regular,
    read_regular,
)
from ragone.schemas.errors import RagoneError


def test_a_regular_file_is_read_whole_and_through_a_link(tmp_path):
    """All bytes come back, up to the limit itself; a link leads to its file."""
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    (tmp_path / "link").symlink_to(path)
    assert read_regular(path, 10) == read_regular(str(tmp_path / "link"), 10) == b"0123456789"
    with open_regular(path, 10) as file:
        assert file.read() == b"0123456789"


def test_a_file_beyond_the_limit_is_refused_with_both_numbers(tmp_path):
    """The message has the file's size, what is read at most, and of which kind of file."""
    path = tmp_path / "file"
    path.write_bytes(bytes(11))
    with pytest.raises(OversizedFileError, match="has 11 bytes; a BPX file has at most 10"):
        read_regular(path, 10, "a BPX file")


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/null"])
def test_devices_are_refused_by_name(place):
    """A device is never read, whether it ends or not."""
    with pytest.raises(NotRegularFileError, match=f"{place} is a device"):
        read_regular(place, 10)


def test_pipes_sockets_and_folders_are_refused_without_waiting(tmp_path, monkeypatch):
    """Nobody writes to the pipe, and opening it does not wait for one who does."""
    monkeypatch.chdir(tmp_path)  # a socket's name has at most 108 bytes
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for name, kind in (("pipe", "a named pipe"), ("socket", "a socket"), (".", "a folder")):
            with pytest.raises(NotRegularFileError, match=f"{kind}, not a regular file"):
                open_regular(name, 10)


def test_a_pipe_put_in_the_place_of_a_file_is_refused(tmp_path, monkeypatch):
    """What is open is looked at once more: the name may lead elsewhere by then."""
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    seen = os.stat(tmp_path / "file")
    monkeypatch.setattr("ragone.pipelines.files.regular.os.stat", lambda _: seen)
    with pytest.raises(NotRegularFileError):
        read_regular(tmp_path / "pipe", 10)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc")
def test_a_file_that_is_longer_than_it_says_is_refused(tmp_path):
    """Files of /proc claim to be empty; what comes counts."""
    with pytest.raises(OversizedFileError, match="more than 10 bytes"):
        read_regular("/proc/self/status", 10)


def test_what_is_no_file_raises_errors_of_one_kind(tmp_path):
    """A missing file, a NUL in the name and a name too long are all told as refusals."""
    with pytest.raises(FileMissingError, match="there is no file"):
        read_regular(tmp_path / "none", 10)
    for name in ("a\0b", "x" * 5000):
        with pytest.raises(InputFileError, match="cannot be read"):
            read_regular(name, 10)
    assert issubclass(FileMissingError, (RagoneError, FileNotFoundError))
