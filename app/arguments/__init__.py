"""The words of the command line: every command, its arguments and its help. Imports nothing heavy."""

from app.arguments.parser import parser
from app.arguments.words import COMMANDS

__all__ = ["COMMANDS", "parser"]
