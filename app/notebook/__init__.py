"""How values show themselves: as HTML in a notebook, as text where they are printed."""

from ragone.app.notebook import histories, lakes, records, rows
from ragone.app.notebook.appearance import content_of, html_of, lines_of, text_of
from ragone.app.notebook.rows import Rows, show

__all__ = ["Rows", "content_of", "histories", "html_of", "lakes", "lines_of", "records", "rows", "show", "text_of"]
