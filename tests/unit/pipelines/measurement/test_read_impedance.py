"""Spectra as instruments write them, and files that hold none."""

import hashlib

import numpy as np
import pytest

from pipelines.measurement.errors import (
    AmbiguousSeriesError,
    BadSampleError,
    EmptyMeasurementError,
    FileTooLargeError,
    MeasurementNotFoundError,
    MissingColumnsError,
    UnreadableMeasurementError,
)
from pipelines.measurement.impedance import LARGEST_BYTES, read_impedance
from schemas.errors import UnitError

HEADER = "frequency_hertz,real_ohm,imaginary_ohm"
FREQUENCY = np.geomspace(1e4, 1e-2, 25)
IMPEDANCE = 0.01 + 0.02 / (1 + 2j * np.pi * FREQUENCY * 0.01)


@pytest.fixture
def write(tmp_path):
    """A file of rows below a header."""

    def written(header, rows=None, *, delimiter=",", above="", encoding="utf-8", sign=1, scale=1.0, ending="\n"):
        if rows is None:
            rows = zip(FREQUENCY, IMPEDANCE.real * scale, sign * IMPEDANCE.imag * scale, strict=True)
        lines = [
            header,
            *(delimiter.join(f"{v:.12g}" if isinstance(v, float) else str(v) for v in row) for row in rows),
        ]
        path = tmp_path / "spectrum.csv"
        path.write_bytes((above + ending.join(lines) + ending).encode(encoding))
        return path

    return written


@pytest.mark.parametrize(
    ("header", "sign", "scale"),
    [
        ("frequency_hertz,real_ohm,imaginary_ohm", 1, 1.0),
        ("freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", -1, 1.0),
        ("Frequency [Hz],Z' [mOhm],Z'' [mOhm]", 1, 1e3),
        ("Frequency (Hz),Z' (\u03a9),-Z'' (\u03a9)", -1, 1.0),
        ('"Freq (Hz)","Zreal (ohms)","Zimag (ohms)"', 1, 1.0),
    ],
)
def test_headers_of_instruments_are_understood(write, header, sign, scale):
    """Names, units and the sign that a header states; nothing is remarked."""
    path = write(header, sign=sign, scale=scale)
    spectrum = read_impedance(path, state_of_charge=0.5, licence="MIT")
    assert spectrum.frequency_hertz == pytest.approx(FREQUENCY)
    assert spectrum.real_ohm == pytest.approx(IMPEDANCE.real)
    assert spectrum.imaginary_ohm == pytest.approx(IMPEDANCE.imag)
    assert spectrum.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (spectrum.source, spectrum.licence, spectrum.state_of_charge) == ("spectrum.csv", "MIT", 0.5)
    assert "reversed" not in spectrum.method


def test_sign_that_the_header_hides_is_found(write):
    """A column called imaginary that is the negative one is reversed, and the record says so."""
    spectrum = read_impedance(write("frequency_hertz,real_ohm,imaginary_ohm", sign=-1))
    assert spectrum.imaginary_ohm == pytest.approx(IMPEDANCE.imag)
    assert "'imaginary_ohm' has the other sign than its header says: reversed" in spectrum.method


def test_sign_is_not_taken_from_an_inductive_end(write):
    """Positive imaginary parts of leads at high frequency reverse nothing, though they outweigh all others."""
    inductive = IMPEDANCE + 2j * np.pi * FREQUENCY * 2e-5
    rows = zip(FREQUENCY, inductive.real, inductive.imag, strict=True)
    spectrum = read_impedance(write("frequency_hertz,real_ohm,imaginary_ohm", rows))
    assert spectrum.imaginary_ohm == pytest.approx(inductive.imag)


def test_capacitive_tail_tells_the_sign_where_the_real_part_is_flat(write):
    """A capacitor has no real part to compare with, and stores charge nevertheless."""
    rows = [(f, 0.01, 1 / (2 * np.pi * f * 100)) for f in FREQUENCY]
    spectrum = read_impedance(write(HEADER, rows))
    assert (spectrum.imaginary_ohm < 0).all()


def test_exports_of_other_forms(write):
    """Lines above the header, more columns, semicolons with decimal commas, rising frequencies, old encodings."""
    rows = [
        [n, *(f"{v:.9g}".replace(".", ",") for v in (f, z.real, abs(z), -z.imag))]
        for n, (f, z) in enumerate(zip(FREQUENCY[::-1], IMPEDANCE[::-1], strict=True))
    ]
    path = write(
        "number;freq/Hz;Re(Z)/Ohm;|Z|/Ohm;-Im(Z)/Ohm",
        rows,
        delimiter=";",
        above="Zelle Nr. 3, 25 \u00b0C\r\n\r\n",
        encoding="latin-1",
        ending="\r\n",
    )
    spectrum = read_impedance(path)
    assert spectrum.frequency_hertz == pytest.approx(FREQUENCY)
    assert spectrum.imaginary_ohm == pytest.approx(IMPEDANCE.imag)
    assert "rows sorted by falling frequency" in spectrum.method


@pytest.mark.parametrize(
    ("header", "rows", "error", "words"),
    [
        ("frequency_hertz,real_ohm", [(1.0, 2.0)], MissingColumnsError, "names frequency, real and imaginary part"),
        ("frequency,real_ohm,imaginary_ohm", [(1.0, 2.0, 3.0)], UnitError, "'frequency': it names no unit"),
        ("frequency_hertz,real_ohm,real_ohm,imaginary_ohm", [(1.0,) * 4], AmbiguousSeriesError, "real column"),
        (HEADER, [], EmptyMeasurementError, "no row below its header"),
        (
            HEADER,
            [(2.0, 1.0, 0.0), (1.0, "n/a", 0.0)],
            BadSampleError,
            "row 2 is 'n/a'",
        ),
        (HEADER, [(2.0, 1.0, 0.0), (1.0, 1.0)], BadSampleError, "row 2 is ''"),
        (HEADER, [(2.0, 1.0, "nan")], BadSampleError, "row 1 is 'nan'"),
        (HEADER, [(2.0, 1.0, 0.0), (0.0, 1.0, 0.0)], BadSampleError, "= 0 in row 2"),
        (HEADER, [(2.0, -1.0, 0.0)], BadSampleError, "real part = -1 in row 1"),
        (
            HEADER,
            [(2.0, 1.0, 0.0), (1.0, 1.1, 0.0), (2.0, 1.2, 0.0)],
            AmbiguousSeriesError,
            "2 Hz occurs in rows 1 and 3",
        ),
    ],
)
def test_what_is_no_spectrum_is_refused(write, header, rows, error, words):
    """With the column or row, and what to do."""
    with pytest.raises(error, match=words.replace("(", r"\(")):
        read_impedance(write(header, rows))


def test_files_that_hold_no_text_are_refused(tmp_path):
    """Missing, empty, binary and huge files, each by its own error."""
    with pytest.raises(MeasurementNotFoundError):
        read_impedance(tmp_path / "none.csv")
    path = tmp_path / "file.csv"
    path.write_bytes(b" \n")
    with pytest.raises(EmptyMeasurementError):
        read_impedance(path)
    path.write_bytes(b"PK\x03\x04\0\0")
    with pytest.raises(UnreadableMeasurementError):
        read_impedance(path)
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(FileTooLargeError):
        read_impedance(path)
