"""`python -m tests.faults.run ROUNDS [SEED]`: rounds with faults, half of them months by mail, half years in folders.

Exit 1 when a round ended otherwise than the undisturbed one, or when somebody would have seen a traceback.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.faults.chains import World, month_chain, year_chain
from tests.faults.disk import go_inside, small_disk
from tests.faults.machine import Machine
from tests.faults.rounds import Rounds
from tests.servers import PASSWORD, start_imap, start_smtp


def main(rounds: int, seed: int) -> int:
    """Run them and print what they came to."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's warnings about logins without TLS
    warnings.simplefilter("ignore")
    os.environ["TAIZHANG_MAIL_PASSWORD"] = PASSWORD
    started = time.perf_counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taizhang-faults-")))
        smtp, imap = stack.enter_context(start_smtp()), stack.enter_context(start_imap())
        disk = stack.enter_context(small_disk(folder / "disk"))
        machine = stack.enter_context(Machine(folder / "machine"))
        chains = [
            Rounds(month_chain(), World(smtp, imap, scratch=folder / "month"), disk, machine, mail=True),
            Rounds(year_chain(), World(smtp, imap, scratch=folder / "year"), disk, machine, mail=False),
        ]
        _say(f"seed {seed}, full disk: {'real' if disk.real else 'simulated'}")
        with suppress(KeyboardInterrupt):  # Ctrl-C: what has been run so far is told
            for number in range(rounds):
                chain = chains[number % 2]
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
    _say(f"{time.perf_counter() - started:.0f} s in all")
    return int(any(chain.tally.wrong for chain in chains))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    go_inside(["-m", "tests.faults.run", *sys.argv[1:]])
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(main(given[0] if given else 10, given[1] if len(given) > 1 else int(time.time())))
