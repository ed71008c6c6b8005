"""Values that show themselves: as HTML in a notebook, as text where they are printed.

What is shown is decided in `ragone.app.notebook`, which is named here and imported when something is shown, so that
records and lakes need no picture, and nothing is imported where nothing is shown.
"""

from importlib import import_module

_NOTEBOOK = "ragone.app.notebook"


class Shown:
    """A value with an appearance; notebooks (Jupyter, marimo and others) ask for `_repr_html_`."""

    __slots__ = ()

    def _shown_as(self) -> object:
        """The value whose appearance is shown: this one, unless a class says otherwise."""
        return self

    def _repr_html_(self) -> str:
        return str(import_module(_NOTEBOOK).html_of(self._shown_as()))

    def __str__(self) -> str:
        return str(import_module(_NOTEBOOK).text_of(self._shown_as()))

    def __repr__(self) -> str:
        return str(self)
