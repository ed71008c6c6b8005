"""Where `ragone` starts: read the command line, then load only the command that was asked for.

Nothing heavy is imported before the arguments are known, so that help and usage errors are instant.
Exit codes: 0 fine, 1 something was found, 2 the input cannot be used, 130 stopped by the user.
"""

import ragone.app.current_folder  # noqa: F401, I001 - before any import that the folder could answer

import importlib
import os
import sys
from collections.abc import Sequence

from ragone.app.arguments import parser
from ragone.app.completion.script import WORDS

TELEMETRY_OFF = {
    "DO_NOT_TRACK": "1",
    "DVC_NO_ANALYTICS": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PYBAMM_DISABLE_TELEMETRY": "true",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        The arguments after the program's name; those of the process if None.

    Returns
    -------
    int
        The exit code.
    """
    os.environ.update(TELEMETRY_OFF)
    given = sys.argv[1:] if argv is None else argv
    if given and given[0] == WORDS:  # a shell asks in the middle of a line
        return int(importlib.import_module("ragone.app.completion.words").print_words(given[1:]))
    try:
        arguments = parser().parse_args(given)
    except SystemExit as leaving:  # argparse has printed its help or its complaint
        return int(leaving.code or 0)
    try:
        return int(importlib.import_module("ragone.app.terminal.session").conduct(arguments))
    except KeyboardInterrupt:
        print("Stopped before anything was begun.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
