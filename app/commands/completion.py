"""`ragone completion`: the script by which a shell completes what is typed."""

from __future__ import annotations

import sys

from ragone.app.arguments import parser
from ragone.app.completion.script import completion_script
from ragone.app.terminal.session import FINE, Session


def execute(session: Session) -> int:
    """Print the script."""
    shell = session.arguments.shell
    sys.stdout.write(completion_script(parser(), shell) + "\n")
    session.advise(_ADVICE[shell])
    return FINE


_ADVICE = {
    "bash": "In ~/.bashrc: source <(ragone completion bash --quiet)",
    "zsh": "Into a folder of $fpath: ragone completion zsh > ~/.zfunc/_ragone",
    "fish": "Once: ragone completion fish > ~/.config/fish/completions/ragone.fish",
}
