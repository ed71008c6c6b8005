"""Which length is meant by the unit that an image file writes?"""

from __future__ import annotations

_MICROMETRE = ("um", "µm", "μm", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres")
_METRES = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 1e-2),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 1e-3),
    **dict.fromkeys(_MICROMETRE, 1e-6),
    **dict.fromkeys(("nm", "nanometer", "nanometers", "nanometre", "nanometres"), 1e-9),
    **dict.fromkeys(("pm", "picometer", "picometers", "picometre", "picometres"), 1e-12),
    **dict.fromkeys(("å", "å", "angstrom", "angstroms"), 1e-10),
    **dict.fromkeys(("inch", "inches", "in"), 0.0254),
}


def metres(unit: str) -> float | None:
    """The length of a unit [m], or None if the word is no unit of length: "pixel", for example."""
    spelled = unit.strip().strip("\"'").replace("\\u00B5", "µ").replace("\\u00b5", "µ").replace("Â", "")
    return _METRES.get(spelled.lower())
