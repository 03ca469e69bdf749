"""`python -m tests.faults.run ROUNDS [SEED]`: rounds with faults, the chains in turn, one of them on PostgreSQL.

Exit 1 when a round ended otherwise than the undisturbed one, or when somebody would have seen a traceback. ``--only
WORD`` runs the chains with this word in their names.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.faults.chains import CHAINS, month_chain, served_chain
from tests.faults.disk import go_inside, small_disk
from tests.faults.machine import Machine
from tests.faults.rounds import Rounds
from tests.faults.stores import Ledger
from tests.faults.striking import Crew
from tests.faults.world import World
from tests.postgres.cluster import running_server
from tests.servers import PASSWORD, start_imap, start_smtp

_TURNS = {"served": 1}
"""Turns of a chain among two of each other one: a month by schedule is many commands."""


def main(rounds: int, seed: int, only: str = "") -> int:
    """Run them and print what they came to."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's warnings about logins without TLS
    warnings.simplefilter("ignore")
    os.environ["TAIZHANG_MAIL_PASSWORD"] = PASSWORD
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.perf_counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taizhang-faults-")))
        smtp, imap = stack.enter_context(start_smtp()), stack.enter_context(start_imap())
        disk = stack.enter_context(small_disk(folder / "disk"))
        machine = stack.enter_context(Machine(folder / "machine", clock_moves=True))
        rival = stack.enter_context(Machine(folder / "rival", clock_moves=True))
        crew = Crew(machine, rival, disk, smtp)
        wanted = [(make(), Ledger()) for make in CHAINS]
        if machine.clock_moves:
            wanted.append((served_chain(), Ledger()))
        try:
            server = stack.enter_context(running_server())
            wanted.append((month_chain("month on PostgreSQL"), Ledger(server.url)))
        except pytest.skip.Exception:
            _say("no PostgreSQL here")
        wanted = [(chain, ledger) for chain, ledger in wanted if only in chain.name]
        chains = [
            Rounds(chain, World(smtp, imap, scratch=folder / f"scratch{number}"), crew, ledger)
            for number, (chain, ledger) in enumerate(wanted)
        ]
        _say(
            f"seed {seed}, full disk: {'real' if disk.real else 'simulated'}, "
            f"clock: {'moved' if machine.clock_moves else 'right'}, {time.perf_counter() - started:.0f} s to prepare"
        )
        with suppress(KeyboardInterrupt):  # Ctrl-C or a plain kill: what has been run so far is told
            turns = [chain for chain in chains for _ in range(_TURNS.get(chain.chain.name, 2))]
            for number in range(rounds):
                chain = turns[number % len(turns)]
                wrong = len(chain.tally.wrong)
                chain.disturbed(seed + number)
                for line in chain.tally.wrong[wrong:]:
                    _say(line)
                if number % 10 == 9:
                    _say(f"{number + 1} rounds, {time.perf_counter() - started:.0f} s")
        for chain in chains:
            _say(str(chain.tally))
            for sentence, count in sorted(chain.tally.sentences.items()):
                _say(f"  {count:4}  {sentence}")
        tallies = [chain.tally for chain in chains]
        drawn, struck = (sum(getattr(each, what).total() for each in tallies) for what in ("drawn", "struck"))
        wrong = sum(len(each.wrong) for each in tallies)
        done = sum(each.rounds for each in tallies)
        _say(f"in all {done} rounds, {drawn} faults drawn, {struck} struck, {wrong} wrong")
    _say(f"{time.perf_counter() - started:.0f} s in all")
    return int(any(each.wrong for each in tallies))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    go_inside(["-m", "tests.faults.run", *sys.argv[1:]])
    word = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    given = [int(each) for each in sys.argv[1:] if each.isdigit()]
    sys.exit(main(given[0] if given else 10, given[1] if len(given) > 1 else int(time.time()), word))
