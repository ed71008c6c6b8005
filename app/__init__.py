"""The command line `ragone`, and the pictures it draws."""

from ragone.app.current_folder import search_path

__all__ = ["search_path"]
