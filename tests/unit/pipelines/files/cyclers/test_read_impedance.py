"""Spectra as instruments write them, and files that hold none."""

import hashlib
import re

import numpy as np
import pytest

from ragone.pipelines.files.cyclers.errors import (
    AmbiguousSeriesError,
    BadSampleError,
    EmptyMeasurementError,
    FileTooLargeError,
    MeasurementNotFoundError,
    MissingColumnsError,
    UnreadableMeasurementError,
)
from ragone.pipelines.files.cyclers.impedance import LARGEST_BYTES, read_impedance
from ragone.pipelines.files.cyclers.spectrum_columns import parse_impedance_units
from ragone.schemas.errors import UnitError

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


def test_units_in_a_row_below(write):
    """Gamry's indented table with its units below the names; what follows at the margin is not of it."""
    rows = [
        ("#", "Hz", "mohm", "mohm"),
        *zip(range(25), FREQUENCY, IMPEDANCE.real * 1e3, IMPEDANCE.imag * 1e3, strict=True),
    ]
    path = write(
        "\tPt\tFreq\tZreal\tZimag", [("", *row) for row in rows], delimiter="\t", above="EXPLAIN\nZCURVE\tTABLE\n"
    )
    path.write_text(path.read_text() + "EXPERIMENTABORTED\tTOGGLE\tT\n")
    spectrum = read_impedance(path)
    assert spectrum.real_ohm == pytest.approx(IMPEDANCE.real)
    assert spectrum.frequency_hertz == pytest.approx(FREQUENCY)


def test_zplot(write):
    """A quoted header divided by blanks above rows divided by commas, with its comments' end between."""
    path = write("  Freq(Hz)    Ampl   Z'(a)    Z''(b)  Range", [("End Comments",)])
    rows = [f"{f:.12g}, 0.01, {z.real:.12g}, {z.imag:.12g}, 5" for f, z in zip(FREQUENCY, IMPEDANCE, strict=True)]
    path.write_text(path.read_text() + "\n".join(rows))
    assert read_impedance(path).imaginary_ohm == pytest.approx(IMPEDANCE.imag)
    path.write_text(
        path.read_text().replace("  Freq", '"  Freq').replace("Range", 'Range"').replace("End Comments\n", "")
    )
    assert read_impedance(path).imaginary_ohm == pytest.approx(IMPEDANCE.imag)


def test_columns_divided_by_blanks(write):
    """A table of blanks, with units asked for."""
    path = write("f Z' Z''", delimiter=" ")
    assert read_impedance(path, units=parse_impedance_units("frequency=Hz, impedance=Ohm")).real_ohm == pytest.approx(
        IMPEDANCE.real
    )


@pytest.mark.parametrize("header", ["frequency,real,imaginary", "f,Z',Z''", "freq,Zre,Zimg"])
def test_advice_on_units_works(write, header):
    """Without units a spectrum is refused, and what the message says reads it."""
    path = write(header)
    with pytest.raises(UnitError) as refused:
        read_impedance(path)
    advice = re.search(r"--units (\S+?), or end the header in one, as in '(\S+/Hz)'", str(refused.value))
    assert advice
    spectrum = read_impedance(path, units=parse_impedance_units(advice[1]))
    assert spectrum.real_ohm == pytest.approx(IMPEDANCE.real)


def test_units_asked_for_outrank_the_header(write):
    """As for measurements."""
    path = write("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm")
    spectrum = read_impedance(path, units=parse_impedance_units("frequency=kHz,impedance=mOhm"))
    assert spectrum.frequency_hertz == pytest.approx(FREQUENCY * 1e3)
    assert spectrum.real_ohm == pytest.approx(IMPEDANCE.real / 1e3)


@pytest.mark.parametrize("text", ["frequency", "frequency=Ohm", "resistance=Ohm", "frequency=Hz,impedance=V"])
def test_units_that_are_none(text):
    """Pairs of a known quantity and one of its units."""
    with pytest.raises(UnitError, match="is not 'quantity=unit'"):
        parse_impedance_units(text)


def test_direct_current_before_the_sweep(write):
    """Rows without a frequency before the first are left out and told; one inside the sweep is refused."""
    rows = list(zip(FREQUENCY, IMPEDANCE.real, IMPEDANCE.imag, strict=True))
    spectrum = read_impedance(write(HEADER, [(0, 0, 0)] * 3 + rows))
    assert spectrum.frequency_hertz == pytest.approx(FREQUENCY)
    assert "3 rows of direct current, without a frequency, left out" in spectrum.method
    with pytest.raises(BadSampleError, match="= 0 in row 6"):
        read_impedance(write(HEADER, [*rows[:5], (0, 0, 0), *rows[5:]]))
    with pytest.raises(BadSampleError, match="frequency = 0 in every row"):
        read_impedance(write(HEADER, [(0, 1, 1)] * 3))


def test_commas_in_numbers(write):
    """Commas are decimal where no point is, between thousands beside points, and refused where they may be either."""
    header = HEADER.replace(",", ";")
    rows = [(f"{f:.6f}", f"{z.real:.9f}", f"{z.imag:.9f}") for f, z in zip(FREQUENCY, IMPEDANCE, strict=True)]
    decimal = [tuple(text.replace(".", ",") for text in row) for row in rows]
    assert read_impedance(write(header, decimal, delimiter=";")).real_ohm == pytest.approx(IMPEDANCE.real, abs=1e-8)
    thousands = [(f"{float(f):,.6f}", real, imaginary) for f, real, imaginary in rows]
    assert read_impedance(write(header, thousands, delimiter=";")).frequency_hertz == pytest.approx(FREQUENCY, abs=1e-5)
    with pytest.raises(BadSampleError, match="every comma stands before exactly three digits"):
        read_impedance(write(header, [("10,000", 1, -1), ("1,000", 2, -2)], delimiter=";"))
