"""kill -9 at random moments while letters leave and answers are taken in: nothing double, nothing lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.killed_rounds import Rounds
from tests.servers import start_imap, start_smtp

KILLS = int(os.environ.get("KILLS", "100"))
SEED = int(os.environ.get("SEED", "20261122"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_a_hundred_times_nothing_is_double_and_nothing_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_smtp() as smtp, start_imap() as imap:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        print(f"\nseed {SEED}")
        tally = Rounds(tmp_path, smtp, imap, SEED).kill(KILLS)
    print(tally)
    if KILLS >= 100:
        assert min(tally.kills["distribute"], tally.kills["collect"]) > KILLS / 5
        assert tally.asked, "no kill fell between a letter and its answer: make A_LETTER longer"
