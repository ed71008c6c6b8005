"""The words of the command line: every command, its arguments and its help. Imports nothing heavy."""

from ragone.app.arguments.parser import parser
from ragone.app.arguments.words import COMMANDS, GROUPS

__all__ = ["COMMANDS", "GROUPS", "parser"]
