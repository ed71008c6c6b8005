"""Files that are damaged or malicious, made from a valid one and by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

_HEADER = b"Test Time (s),Voltage (V),Current (A)\n"
_SPECTRUM = b"freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n"
_ROWS = b"0,3.7,0\n1,3.6,-1\n2,3.5,-1\n"


def damaged(valid: bytes, count: int, seed: int) -> Iterator[bytes]:
    """A valid file cut short, with bytes turned, blocks doubled, left out or exchanged for noise."""
    dice = random.Random(seed)
    for _ in range(count):
        content = bytearray(valid)
        for _ in range(dice.choice((1, 1, 1, 5, 50))):
            at, length = dice.randrange(len(content) or 1), dice.choice((1, 2, 4, 8, 64))
            way = dice.randrange(6)
            if way == 0:
                content = content[: max(at, 1)]
            elif way == 1:
                content[at : at + length] = dice.randbytes(length)
            elif way == 2:
                content[at : at + length] = b"\xff" * length
            elif way == 3:
                content[at:at] = content[at : at + length] * dice.choice((1, 1000))
            elif way == 4:
                del content[at : at + length]
            else:
                content[at : at + length] = b"\0" * length
        yield bytes(content)


def texts(header: bytes = _HEADER, rows: bytes = _ROWS) -> Mapping[str, bytes]:
    """Texts that exhaust a careless reader, by what they are."""
    name = header.split(b",")[0]
    return {
        "one line of a million columns": b",".join([b"a"] * 10**6) + b"\n" + rows,
        "a million columns beside the right ones": header.strip() + b",x" * 10**6 + b"\n" + rows,
        "the same column ten thousand times": b",".join([name] * 10_000) + b"\n" + rows,
        "endless header": b"comment, line\n" * 300_000 + header + rows,
        "a header without an end": b"Test Time (s)," + b"x" * 3_000_000,
        "a name of blanks": b" " * 200_000 + b"," + header + rows,
        "a name of brackets": b"(" * 200_000 + b"," + header + rows,
        "a name of slashes": b"/" * 100_000 + b"," + header + rows,
        "a name of digits": b"1" * 200_000 + b"x," + header + rows,
        "digits without end": header + b"0," + b"9" * 1_000_000 + b",0\n" + rows,
        "an exponent without end": header + b"0,1e" + b"9" * 100_000 + b",0\n" + rows,
        "huge numbers": header + b"1e308,1e308,1e308\n-1e308,-1e308,1e308\n",
        "times at the ends of the range": header + b"-1.7e308,3.7,0\n1.7e308,3.6,0\n",
        "smallest numbers": header + b"5e-324,5e-324,5e-324\n1e-323,5e-324,1e-323\n",
        "quote without an end": header + b'0,"3.7,0\n' + rows * 1000,
        "quotes only": header + b'"' * 100_000 + b"\n",
        "quoted names without an end": b'"Test Time (s),' + header + rows,
        "NUL in a row": header + b"0,3.7,0\n" * 100_000 + b"1,\x003.7,0\n",
        "NUL everywhere": header + b"\0" * 100_000,
        "mixed encodings": "Test Time (s),Voltage (V),Current (A),T/°C\n".encode()
        + b"0,3.7,0,\xb0\xff\xfe\n1,3.6,0,2\n",
        "UTF-16 without a mark": header.decode().encode("utf-16-le") + rows.decode().encode("utf-16-le"),
        "UTF-32": header.decode().encode("utf-32"),
        "carriage returns only": header.replace(b"\n", b"\r") + rows.replace(b"\n", b"\r"),
        "rows of nothing": header + b"\n" * 1_000_000,
        "rows of commas": header + b",,\n" * 500_000,
        "rows far too long": header + b"0,3.7,0" + b",0" * 500_000 + b"\n",
        "clocks that lie": header + b"99999999999999999999:99:99,3.7,0\n00:00:01,3.6,0\n",
        "dates that are none": header + b"02/31/2024 25:61:61,3.7,0\n02/30/2024 00:00:00,3.6,0\n",
        "a year of four nines": header + b"9999-12-31 23:59:59,3.7,0\n0000-00-00 00:00:00,3.6,0\n",
        "control characters": header.replace(b"Voltage", b"Voltage\x1b[2J\x9b\xe2\x80\xae") + rows,
        "escape in a value": header + b"0,\x1b]0;x\x07,0\n" + rows,
        "a step beyond all counts": header.strip() + b",Step\n" + b"0,3.7,0,1e300\n1,3.6,0,2\n2,3.6,0,3\n",
        "commas of both kinds": header.replace(b",", b";") + b"0;1,234,567;0,5\n1;3,6;0\n",
        "a report of empty layers": b"," * 4000 + header + b"," * 4000 + rows,
        "the byte order mark twice": b"\xef\xbb\xbf" * 2 + header + rows,
        "a unit row of garbage": header.replace(b" (s)", b"").replace(b" (V)", b"") + b"\xff,\xfe,[A]\n" + rows,
    }


def spectra() -> Mapping[str, bytes]:
    """The same for a spectrum, and what only a spectrum can have."""
    rows = b"100,0.1,0.01\n10,0.2,0.02\n1,0.3,0.03\n"
    return {
        **texts(_SPECTRUM, rows),
        "no frequency at all": _SPECTRUM + b"0,0,0\n" * 1000,
        "frequencies that are none": _SPECTRUM + b"nan,1,1\ninf,1,1\n",
        "a million rows": _SPECTRUM + b"".join(b"%d,1,1\n" % k for k in range(1, 200_000)),
        "blanks between blanks": b"f Re(Z) Im(Z)" + b" " * 15_000 + b"\n1 1 1\n",
        "headers one after another": _SPECTRUM * 1000,
        "an indented table that ends at once": b"\tFreq\tZreal\tZimag\n\tHz\tohm\tohm\nEND\n",
    }
