"""Whatever breaks in a month or a year, the end is that of an undisturbed one.

The short version of `python -m tests.faults.run 200`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chains import annual_chain, annual_folder_chain, month_chain, served_chain
from tests.faults.disk import Disk
from tests.faults.machine import Machine
from tests.faults.rounds import Rounds
from tests.faults.striking import Crew
from tests.faults.world import Chain, World
from tests.servers import PASSWORD, start_imap, start_smtp

SEED = int(os.environ.get("SEED", "20261122"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crew, World]]:
    """The mail servers, and two processes that can be at work at once."""
    folder = tmp_path_factory.mktemp("faults")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    (folder / "disk").mkdir()
    with (
        pytest.MonkeyPatch.context() as patch,
        start_smtp() as smtp,
        start_imap() as imap,
        Machine(folder / "machine", clock_moves=True) as machine,
        Machine(folder / "rival", clock_moves=True) as rival,
    ):
        patch.setenv("TAIZHANG_MAIL_PASSWORD", PASSWORD)
        crew = Crew(machine, rival, Disk(folder / "disk", real=False), smtp)
        yield crew, World(smtp, imap)


@pytest.mark.parametrize(
    "chain", [month_chain(), annual_folder_chain(), annual_chain(), served_chain()], ids=lambda each: each.name
)
def test_a_disturbed_round_ends_like_an_undisturbed_one(
    tmp_path: Path, outside: tuple[Crew, World], chain: Chain
) -> None:
    crew, world = outside
    if chain.schedule and not crew.machine.clock_moves:
        pytest.skip("needs a C compiler: a month by schedule takes a month")
    world = World(world.smtp, world.imap, scratch=tmp_path / "scratch")
    rounds = Rounds(chain, world, crew, most=1)
    rounds.disturbed(SEED)
    print(f"\nseed {SEED}: {rounds.tally}")
    assert rounds.tally.struck.total(), "no fault struck: the rounds prove nothing"
    assert rounds.tally.wrong == []
