"""The kinds of faults, and how each is let loose on one run of a command."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import clock
from tests.faults.breaking import DIE, GO, HERE
from tests.faults.disk import Disk
from tests.faults.machine import Ended, Fault, Machine
from tests.faults.world import OTHER, OTHER_MARCH, Chain
from tests.servers import SmtpServer

LOCKABLE = ((".xlsx",), (".docx",), ("总台账.xlsx",), ("任务分解表.xlsx",), ("通报.docx",), (".eml",))
_A_WHILE = 1.5
"""Seconds for which a paused run waits for the other one, which may itself have to wait for the paused one."""


@dataclass
class Crew:
    """Two that can be at work at once, the disk that they share, and the way out."""

    machine: Machine
    rival: Machine
    disk: Disk
    smtp: SmtpServer

    @property
    def backup(self) -> Path:
        """Where a backup of the round lies: beside the home, on the same disk."""
        return self.disk.root / "备份.zip"


@dataclass
class Strike:
    """What one fault came to."""

    kind: str
    ended: Ended
    struck: bool
    rival: Ended | None = None
    """The other run, where there was one."""
    where: str = ""
    other: Sequence[str] = ()
    """The other run's command."""
    complaints: list[str] = field(default_factory=list)


def kinds_for(chain: Chain, crew: Crew, *, postgres: bool) -> list[str]:
    """What may happen in a chain, as often as it stands there."""
    found = ["kill"] * 5 + ["full", "locked", "locked", *["rival"] * 4, "backup"]
    found += ["full disk", "fills", "fills"] if crew.disk.real else ["full"]
    found += ["line", "line", "server", "server", "revoked"] if chain.mail else []
    found += ["clock"] * 3 if crew.machine.clock_moves else []
    return found + (["dropped"] * 6 if postgres else ["restored"])


def strike(
    crew: Crew,
    chain: Chain,
    home: Path,
    arguments: Sequence[str],
    events: int,
    kind: str,
    chance: random.Random,
    now: float,
    *,
    dies: bool = False,
    begun: bool = False,
) -> Strike:
    """Run a command with a fault of this kind at a point drawn by lot. ``dies``: once the other one is done;
    ``begun``: the step was tried before, and some of its letters may have left.
    """
    at = chance.randint(1, max(events, 1))
    if kind in ("rival", "backup"):
        other = _other(crew, chain, arguments, kind, chance)
        return _together(crew, home, arguments, other, at, kind, now, dies=dies or chance.random() < 0.3)
    if kind in ("full disk", "server"):
        return _around(crew, home, arguments, kind, chance, now)
    fault = Fault(kind, at)
    if kind == "locked":
        fault = Fault(kind, at, chance.choice(LOCKABLE))
    elif kind == "fills":
        fault = Fault(kind, at, (str(crew.disk.filler),))
    elif kind == "clock":
        # A clock that says that it is another day asks for that day's reminder, and nobody can know better.
        # By the schedule of a month ago nothing is late, and letters say so.
        reminds = arguments[0] == "remind"
        least = -9 * clock.HOUR if reminds else -clock.DAY if chain.schedule else -30 * clock.DAY
        most = 9 * clock.HOUR if reminds and begun else clock.DAY
        steps = [each for each in clock.STEPS if least < each <= most]
        fault = Fault(kind, at if chance.random() < 0.5 else 0, seconds=chance.choice(steps))
        if chain.mail and chance.random() < 0.4:  # what a server puts off is put off by the wrong clock
            misbehave(crew.smtp, chance)
    elif kind == "dropped":
        fault = Fault(kind, at, chance.choice(((), ("all",))))
    try:
        ended = crew.machine.run(home, arguments, fault, now=now)
    finally:
        behave(crew.smtp)
        if kind == "fills":
            crew.disk.empty()
    return Strike(kind, ended, bool(ended.struck), where=f"{kind} at {fault.at} {fault.names} {fault.seconds:.0f}")


def _around(crew: Crew, home: Path, arguments: Sequence[str], kind: str, chance: random.Random, now: float) -> Strike:
    """What is so before the command starts: hardly any room, or a mail server in a bad mood."""
    if kind == "full disk":
        crew.disk.leave(chance.choice((0, 4096, chance.randint(0, 300_000))))
    else:
        misbehave(crew.smtp, chance)
    moods = _moods(crew.smtp)
    try:
        ended = crew.machine.run(home, arguments, now=now)
        refused = bool(crew.smtp.login_answer) and ended.code == 2
        struck = ended.code == 2 if kind == "full disk" else refused or _moods(crew.smtp) != moods
    finally:
        crew.disk.empty()
        behave(crew.smtp)
    return Strike(kind, ended, struck, where=kind)


def _together(
    crew: Crew,
    home: Path,
    arguments: Sequence[str],
    other: Sequence[str],
    at: int,
    kind: str,
    now: float,
    *,
    dies: bool,
) -> Strike:
    """Another process works on the home while this one stands at its ``at``-th event; then this one goes on or dies."""
    mark = crew.disk.root / "paused"
    for ending in (HERE, GO):
        Path(f"{mark}{ending}").unlink(missing_ok=True)
    found: list[Ended] = []
    first = _in_the_background(
        lambda: found.append(crew.machine.run(home, arguments, Fault("pause", at, (str(mark),)), now=now))
    )
    while not Path(f"{mark}{HERE}").exists() and first.is_alive():
        time.sleep(0.003)
    met = first.is_alive()
    rivals: list[Ended] = []
    second = _in_the_background(lambda: rivals.append(crew.rival.run(home, other, now=now + 1)))
    second.join(_A_WHILE)
    # As a whole: the one that waits must not find it half written.
    draft = Path(f"{mark}.draft")
    draft.write_bytes(DIE if dies else b"")
    draft.replace(f"{mark}{GO}")
    first.join()
    second.join()
    ended = found[0]
    return Strike(kind, ended, met, rivals[0], where=f"{kind} ({' '.join(other)}) at {at}", other=tuple(other))


def _other(crew: Crew, chain: Chain, arguments: Sequence[str], kind: str, chance: random.Random) -> Sequence[str]:
    if kind == "backup":
        return ["backup", str(crew.backup)]
    # The same again, the other plan's turn, somebody who only looks, somebody who counts without taking in.
    looks = [["status", *chain.asked], ["show", chain.asked[0]], ["status", OTHER]]
    return chance.choice([list(arguments), list(arguments), list(OTHER_MARCH), list(OTHER_MARCH), *looks])


def misbehave(smtp: SmtpServer, chance: random.Random) -> None:
    """The mail server breaks off, loses answers, or wants nothing today."""
    kind = chance.randint(0, 4)
    smtp.drop_mid_letter = int(kind == 0)
    smtp.lose_answer = int(kind == 1)
    smtp.drop_after_letter = int(kind == 2)
    smtp.answers = ["451 4.3.0 later"] * 2 if kind == 3 else []
    smtp.login_answer = "421 4.3.2 closing for a day" if kind == 4 else ""


def behave(smtp: SmtpServer) -> None:
    """It is well again."""
    smtp.drop_mid_letter = smtp.lose_answer = smtp.drop_after_letter = 0
    smtp.answers, smtp.login_answer = [], ""


def _moods(smtp: SmtpServer) -> tuple[int, ...]:
    return (smtp.drop_mid_letter, smtp.lose_answer, smtp.drop_after_letter, len(smtp.answers))


def _in_the_background(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
