"""`ragone share export`: what leaves, in words; after consent a signed file."""

from __future__ import annotations

import sys
from pathlib import Path

from ragone.app.terminal.session import FINE, Session
from ragone.flows.sharing.ledger import Ledger
from ragone.flows.sharing.owner_key import default_key_path
from ragone.flows.sharing.policy import read_policy
from ragone.flows.sharing.rounds import read_round
from ragone.flows.sharing.sending import Prepared, prepare_hyper_parameters, prepare_sums, send
from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.privacy import Privacy
from ragone.schemas import ShareForm
from ragone.schemas.field import Bounds
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Say what would leave, ask, and write it."""
    given = session.arguments
    policy, key = read_policy(given.policy), Path(given.key) if given.key else default_key_path()
    with session.lake() as lake:
        ledger = Ledger(lake, key)
        if given.form == ShareForm.HYPER_PARAMETERS:
            if given.together or given.round:
                raise ShareError("hyper-parameters are no sums. Leave out --with and --round.")
            prepared = prepare_hyper_parameters(lake, given.what, policy)
        else:
            privacy = Privacy(*(_positive(getattr(given, name), name) for name in ("epsilon", "delta")))
            features = tuple(part.strip() for part in given.features.split(",") if part.strip())
            files = [Path(one) for one in given.together]
            together = read_round(ledger, given.round, files) if files or given.round else None
            chosen = {"where": given.where, "at": given.at, "features": features, "degree": given.degree}
            prepared = prepare_sums(ledger, given.what, ShareForm(given.form), policy, privacy, together, **chosen)
        _ask(session, prepared)
        share = send(ledger, prepared, Path(given.output))
    data = {
        "share_id": share.id,
        "form": share.form,
        "target": share.target,
        "epsilon": share.epsilon,
        "delta": share.delta,
        "fingerprint": share.fingerprint,
        "file": given.output,
        "words": list(prepared.words),
    }
    session.answer(
        data,
        f"written to {given.output}, signed by {share.owner}, licence {share.licence}.\nTell the receiver your "
        f"fingerprint by another way than the file: {share.fingerprint}",
    )
    return FINE


def _ask(session: Session, prepared: Prepared) -> None:
    """Show the words, and ask for consent unless it was given."""
    if not session.arguments.json:
        session.out.print("\n".join(prepared.words))
    if session.arguments.yes:
        return
    if not sys.stdin.isatty():
        raise ShareError("nothing left: there is no terminal to ask on. Read what would leave, and add --yes.")
    sys.stderr.write("Shall this leave? Type yes: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise ShareError("nothing left, as you decided. Change the policy or the arguments.")


def _positive(text: str, name: str) -> float:
    return parse_quantity(text, "1", f"--{name}", Bounds(low=0, low_open=True))
