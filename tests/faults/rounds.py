"""Rounds in which the fault of the moment is drawn by lot, each compared with the undisturbed round."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.chains import MARCH, Step, World, base_home
from tests.faults.disk import Disk
from tests.faults.machine import Ended, Fault, Machine
from tests.faults.state import State, differences, figures, state_of
from tests.office import Office
from tests.servers import SmtpServer

KINDS = ("kill", "kill", "full", "locked", "line", "server")
LOCKABLE = ((".xlsx",), (".docx",), ("总台账.xlsx",), ("任务分解表.xlsx",), ("通报.docx",), (".eml",))
MOST = 2


@dataclass
class Tally:
    """What the rounds came to."""

    rounds: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind, command) → how often."""
    hit: int = 0
    """Faults that ended a command: it was killed, or said that it could not go on."""
    sentences: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    """Letters whose fate the clerk had to look up."""
    wrong: list[str] = field(default_factory=list)
    """What should not have been, with the round's seed."""
    seconds: float = 0.0

    def __str__(self) -> str:
        kinds = Counter[str]()
        commands = Counter[str]()
        for (kind, command), count in self.faults.items():
            kinds[kind] += count
            commands[command] += count
        return (
            f"{self.rounds} rounds, {sum(kinds.values())} faults ({_listed(kinds)}; {_listed(commands)}), "
            f"{self.hit} of them ended a command; {self.asked} uncertain letters asked about; {len(self.wrong)} wrong; "
            f"{self.seconds:.0f} s"
        )


class Rounds:
    """One chain of commands, run again and again from the same home. ``disk`` holds the homes.

    ``most``: faults in a row in one step.
    """

    def __init__(
        self, chain: Sequence[Step], world: World, disk: Disk, machine: Machine, *, mail: bool, most: int = MOST
    ) -> None:
        self.chain = chain
        self.world = world
        self.disk = disk
        self.machine = machine
        self.mail = mail
        self.most = most
        self.tally = Tally()
        self._events: list[int] = []
        world.scratch.mkdir(parents=True, exist_ok=True)
        self._base = base_home(world.scratch / "base", world.smtp, world.imap if mail else None)
        self._wanted, self._figures = self._undisturbed()

    def disturbed(self, seed: int) -> None:
        """One round with faults by the lot of ``seed``."""
        chance = random.Random(seed)
        started = time.perf_counter()
        home = self._fresh()
        for step, events in zip(self.chain, self._events, strict=True):
            if step.before:
                step.before(self.world, home)
            self._disturb(step, events, home, chance, seed)
        found = state_of(home, self.world.smtp.letters)
        told = differences(self._wanted, found)
        if self._told(home) != self._figures:
            told.append("figures differ")
        self.tally.wrong += [f"seed {seed}: {each}" for each in told]
        self.tally.rounds += 1
        self.tally.seconds += time.perf_counter() - started

    def _undisturbed(self) -> tuple[State, Any]:
        home = self._fresh()
        for step in self.chain:
            if step.before:
                step.before(self.world, home)
            ended = self._run(step, home)
            assert ended.code in (0, 1), f"{step.arguments}: {ended.said}"
            self._events.append(ended.events)
        return state_of(home, self.world.smtp.letters), self._told(home)

    def _fresh(self) -> Path:
        home = self.disk.root / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self._base, home)
        self.world.clear()
        return home

    def _run(self, step: Step, home: Path, fault: Fault | None = None) -> Ended:
        return self.machine.run(home, [each.replace("{home}", str(home)) for each in step.arguments], fault)

    def _disturb(self, step: Step, events: int, home: Path, chance: random.Random, seed: int) -> None:
        faults = chance.randint(0, self.most)
        for _ in range(faults):
            self._one_fault(step, events, home, chance, seed)
        self._until_done(step, home, seed)
        if faults:
            again = self.mail and self._settle(step, home)
            if again or chance.random() < 0.3:  # done is done: once more changes nothing
                self._until_done(step, home, seed)

    def _one_fault(self, step: Step, events: int, home: Path, chance: random.Random, seed: int) -> None:
        kind = chance.choice(KINDS if self.mail else KINDS[:4])
        at = chance.randint(1, max(events, 1))
        real = kind == "full" and self.disk.real and chance.random() < 0.7
        if real:
            self.disk.leave(chance.choice((0, 4096, chance.randint(0, 300_000))))
        if kind == "server":
            _misbehave(self.world.smtp, chance)
        names = chance.choice(LOCKABLE) if kind == "locked" else ()
        fault = None if real or kind == "server" else Fault(kind, at, names)
        try:
            ended = self._run(step, home, fault)
        finally:
            if real:
                self.disk.empty()
            _behave(self.world.smtp)
        self.tally.faults["full disk" if real else kind, step.name] += 1
        if ended.code is None or ended.code == 2:
            self.tally.hit += 1
        self._listen(step, ended, f"seed {seed}: {step.name} with {kind} at {at} {names}")

    def _until_done(self, step: Step, home: Path, seed: int) -> None:
        ended = self._run(step, home)
        self._listen(step, ended, f"seed {seed}: {step.name} undisturbed")
        if ended.code not in (0, 1):
            self.tally.wrong.append(f"seed {seed}: {step.name} does not end well undisturbed: {ended.said}")

    def _listen(self, step: Step, ended: Ended, where: str) -> None:
        if ended.code is None:
            return
        lines = [line for line in ended.said.splitlines() if line.startswith("错误")]
        for line in lines:
            self.tally.sentences[f"{step.name}: {re.sub(r'[0-9a-f]{12}', '…', line)}"] += 1
        if ended.code not in (0, 1, 2) or "Traceback" in ended.said or "程序出了意外" in ended.said:
            self.tally.wrong.append(f"{where}: exit {ended.code}: {ended.said[-3000:]}")

    def _settle(self, step: Step, home: Path) -> bool:
        """The clerk looks up what nobody knows; True when a letter has to leave again."""
        with sqlite3.connect(home / "ledgers" / "台账.db") as db:
            asked = db.execute("SELECT message_id, period FROM letters WHERE state = 'unknown'").fetchall()
        db.close()
        again = False
        for message_id, period in asked:
            held = any(message_id.encode() in letter.data for letter in self.world.smtp.letters)
            again = again or not held
            self.tally.asked += 1
            answer = ("sent" if held else "again",)
            ended = self.machine.run(home, ["mail", "settle", MARCH[0], message_id, *answer, "--period", period])
            if ended.code not in (0, 1):
                self.tally.wrong.append(f"{step.name}: settle {message_id}: {ended.said}")
        return again

    def _told(self, home: Path) -> Any:
        return figures(Office(home).json("status", *MARCH))


def _misbehave(smtp: SmtpServer, chance: random.Random) -> None:
    kind = chance.randint(0, 4)
    smtp.drop_mid_letter = int(kind == 0)
    smtp.lose_answer = int(kind == 1)
    smtp.drop_after_letter = int(kind == 2)
    smtp.answers = ["451 4.3.0 later"] * 2 if kind == 3 else []
    smtp.login_answer = "421 4.3.2 closing for a day" if kind == 4 else ""


def _behave(smtp: SmtpServer) -> None:
    smtp.drop_mid_letter = smtp.lose_answer = smtp.drop_after_letter = 0
    smtp.answers, smtp.login_answer = [], ""


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counts.most_common())
