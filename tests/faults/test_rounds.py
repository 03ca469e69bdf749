"""Whatever breaks in a month or a year, the end is that of an undisturbed one.

The short version of `python -m tests.faults.run 200`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.chains import World, month_chain, year_chain
from tests.faults.disk import Disk
from tests.faults.machine import Machine
from tests.faults.rounds import Rounds
from tests.servers import PASSWORD, start_imap, start_smtp

ROUNDS = 3
"""Of each chain."""
SEED = int(os.environ.get("SEED", "20261122"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("chain", ["month", "year"])
def test_a_disturbed_round_ends_like_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack, chain: str
) -> None:
    monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", PASSWORD)
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    smtp, imap = stack.enter_context(start_smtp()), stack.enter_context(start_imap())
    machine = stack.enter_context(Machine(tmp_path / "machine"))
    steps = month_chain(short=True) if chain == "month" else year_chain(short=True)
    world = World(smtp, imap, scratch=tmp_path / "scratch")
    (tmp_path / "disk").mkdir()
    rounds = Rounds(steps, world, Disk(tmp_path / "disk", real=False), machine, mail=chain == "month", most=1)
    for number in range(ROUNDS):
        rounds.disturbed(SEED + number)
    print(f"\nseed {SEED}: {rounds.tally}")
    assert rounds.tally.hit, "no fault hit a command: the rounds prove nothing"
    assert rounds.tally.wrong == []
