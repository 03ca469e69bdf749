"""Rounds in which the fault of the moment is drawn by lot, each compared with the undisturbed round."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.config import Supervision
from flows.periods import CHINA
from flows.post.letters import LetterKind
from flows.serving.days import workday_from
from flows.store import letters
from flows.years import is_year
from tests.faults import clock
from tests.faults.going_back import faults_of_backup, keep_outside, restore
from tests.faults.machine import CHECK, Ended
from tests.faults.state import Look, State, differences, figures, state_of
from tests.faults.stores import Ledger
from tests.faults.striking import Crew, Strike, kinds_for, strike
from tests.faults.tally import Tally
from tests.faults.world import OTHER_MARCH, Chain, Step, World, base_home
from tests.office import Office

MOST = 2
_MASS = (LetterKind.ISSUE, LetterKind.REMIND, LetterKind.SUPERVISE)
_ASKS = ("distribute", "remind", "supervise")
"""Commands that send mass mail, which a person agrees to."""
_BETWEEN = 600.0
_LONGEST = 5 * clock.HOUR
_ANSWER = timedelta(days=Supervision().answer_days)
_LOOK_AGAIN = 2100.0
"""Seconds to the next 到点检查 but one: what failed is tried again after half an hour."""


class Rounds:
    """One chain of commands, run again and again from the same home. ``most``: faults in a row in one step."""

    def __init__(
        self, chain: Chain, world: World, crew: Crew, ledger: Ledger | None = None, *, most: int = MOST
    ) -> None:
        self.chain = chain
        self.world = world
        self.crew = crew
        self.ledger = ledger or Ledger()
        self.most = most
        self.tally = Tally(chain.name)
        self._events: list[int] = []
        self._now = 0.0
        world.scratch.mkdir(parents=True, exist_ok=True)
        self._base = base_home(world.scratch / "base", world, chain, self.ledger)
        self._kept = self.ledger.keep(self._base)
        self._kinds = kinds_for(chain, crew, postgres=bool(self.ledger.url))
        self._days = Look(frozenset(self._possible_days()))
        self._moved = False
        self._wanted, self._figures = self._undisturbed()

    def disturbed(self, seed: int) -> None:
        """One round with faults by the lot of ``seed``."""
        chance = random.Random(seed)
        started = time.perf_counter()
        home = self._fresh()
        steps = self.chain.steps
        self._moved = False
        back = chance.randrange(len(steps) - 1) if not self.chain.mail and chance.random() < 0.4 else None
        for number in range(len(steps)):
            self._begin(number, home)
            if number == back:
                self._there_and_back(number, home, seed)
            self._disturb(number, home, chance, seed)
        look = self._days if self._moved else Look()
        told = differences(self._wanted[look], self._state(home, look))
        if self._told(home) != self._figures:
            told.append("figures differ")
        self.tally.wrong += [f"{self.chain.name}, seed {seed}: {each}" for each in told]
        self.tally.rounds += 1
        self.tally.seconds += time.perf_counter() - started

    def _undisturbed(self) -> tuple[dict[Look, State], Any]:
        home = self._fresh()
        for number, step in enumerate(self.chain.steps):
            self._begin(number, home)
            ended = self._run(step, home)
            assert ended.code in (0, 1), f"{step.arguments}: {ended.said}"
            self._events.append(ended.events)
        states = {look: self._state(home, look) for look in (Look(), self._days)}
        assert not states[Look()]["records without their file"]
        return states, self._told(home)

    def _possible_days(self) -> Iterator[date]:
        for number in range(len(self.chain.steps)):
            moment = self._moment_of(number)
            for seconds in (0.0, *clock.STEPS):
                day = datetime.fromtimestamp(moment + seconds, CHINA).date()
                yield day
                yield workday_from(day + _ANSWER)  # a notice of the wrong day wants its answer by that day's tenth

    def _fresh(self) -> Path:
        home = self.crew.disk.root / "home"
        self.ledger.fresh(self._base, home, self._kept)
        self.world.clear()
        return home

    def _begin(self, number: int, home: Path) -> None:
        """What happens before a step, and what the clock shows then."""
        step = self.chain.steps[number]
        if step.before:
            step.before(self.world, home)
        self._now = self._moment_of(number)

    def _moment_of(self, number: int) -> float:
        at = self.chain.steps[number].at
        if not at:
            return self.world.began + number * _BETWEEN
        return datetime.fromisoformat(at).replace(tzinfo=CHINA).timestamp()

    def _words(self, step: Step, home: Path) -> list[str]:
        return [each.replace("{home}", str(home)) for each in step.arguments]

    def _run(self, step: Step, home: Path) -> Ended:
        return self.crew.machine.run(home, self._words(step, home), now=self._now)

    def _disturb(self, number: int, home: Path, chance: random.Random, seed: int) -> None:
        step = self.chain.steps[number]
        faults = chance.randint(0, self.most)
        for earlier in range(faults):
            self._one_fault(number, home, chance, seed, begun=earlier > 0)
            self._now += 1
        self._until_done(step, home, seed)
        if not faults:
            return
        if self._moved and self.chain.mail and step.arguments != (CHECK,):
            # What was put off by a clock that was ahead waits for its time, four hours at most.
            self._now += _LONGEST
            self._until_done(step, home, seed)
        again = self.chain.mail and self._settle(step, home)
        if step.arguments == (CHECK,):
            self._look_again(step, home, seed)
        elif again or chance.random() < 0.3:  # done is done: once more changes nothing
            self._until_done(step, home, seed)

    def _one_fault(self, number: int, home: Path, chance: random.Random, seed: int, *, begun: bool) -> None:
        step, kind = self.chain.steps[number], chance.choice(self._kinds)
        words = self._words(step, home)
        if kind == "revoked":
            self._revoked(step, home, seed)
            return
        if kind == "restored":
            keep_outside(self.crew, home)
        wanted = "backup" if kind == "restored" else kind
        done = strike(
            self.crew,
            self.chain,
            home,
            words,
            self._events[number],
            wanted,
            chance,
            self._now,
            dies=kind == "restored",
            begun=begun,
        )
        self._count(step, kind, done, seed)
        if wanted == "backup" and done.rival and done.rival.code == 0:
            self._use_backup(kind, step, home, seed, died=done.ended.code is None)

    def _use_backup(self, kind: str, step: Step, home: Path, seed: int, *, died: bool) -> None:
        where = f"{self.chain.name}, seed {seed}: {step.name} {kind}"
        if kind == "restored" and died:
            ended = restore(self.crew, home, self._now)
            if ended.code != 0:
                self.tally.wrong.append(f"{where}: {ended.said}")
        elif not self.ledger.url:
            found = faults_of_backup(self.crew, home, self.chain.asked[0], self._now)
            self.tally.backups += not found
            self.tally.wrong += [f"{where}: {each}" for each in found]

    def _there_and_back(self, number: int, home: Path, seed: int) -> None:
        """A backup, the work of two steps, and the backup again: the round goes on from there."""
        keep_outside(self.crew, home)
        self.crew.machine.run(home, ["backup", str(self.crew.backup)], now=self._now)
        for later in range(number, min(number + 2, len(self.chain.steps))):
            self._begin(later, home)
            self._until_done(self.chain.steps[later], home, seed)
        ended = restore(self.crew, home, self._now)
        if ended.code != 0:
            self.tally.wrong.append(f"{self.chain.name}, seed {seed}: back to step {number}: {ended.said}")
        self.tally.drawn["gone back", self.chain.steps[number].name] += 1
        self.tally.struck["gone back", self.chain.steps[number].name] += 1
        self._begin(number, home)

    def _revoked(self, step: Step, home: Path, seed: int) -> None:
        """Somebody takes the leave back: nothing leaves by schedule until it is given again."""
        verb, *place = step.arguments if step.arguments != (CHECK,) else ("", *self.chain.asked)
        self.tally.drawn["revoked", step.name] += 1
        if verb and verb not in _ASKS:
            return
        run, name = self.crew.machine.run, f"{self.chain.name}, seed {seed}: {step.name} after a revoke"
        taken = run(home, ["approve", *place, "--revoke", "--json"], now=self._now)
        before = self._mass(home)
        tried = run(home, [verb, *place, "--yes"] if verb else [CHECK], now=self._now + 1)
        self._listen(step, tried, name)
        if self._mass(home) - before:  # one that was cut off on the line is no longer on it
            self.tally.wrong.append(f"{name}: mass letters left")
        if '"revoked": true' not in taken.out:
            return
        self.tally.struck["revoked", step.name] += 1
        if not verb:
            given = run(home, ["approve", *place], now=self._now + 2)
            self._listen(step, given, name)

    def _count(self, step: Step, kind: str, done: Strike, seed: int) -> None:
        where = f"{self.chain.name}, seed {seed}: {step.name} with {done.where}"
        self.tally.drawn[kind, step.name] += 1
        self.tally.struck[kind, step.name] += done.struck
        self._moved = self._moved or (kind == "clock" and done.struck) or self._is_early(done.other)
        self.tally.ended += done.ended.code is None or done.ended.code == 2
        self._listen(step, done.ended, where)
        if done.rival:
            self._listen(step, done.rival, f"{where}: the other one")
            if done.struck:
                how = "refused" if done.rival.code == 2 else "done"
                self.tally.met[how] += 1

    def _is_early(self, other: Sequence[str]) -> bool:
        """Whether the other plan had its turn on another day than in the undisturbed round: its letters bear that."""
        return tuple(other) == OTHER_MARCH and any(step.at for step in self.chain.steps)

    def _until_done(self, step: Step, home: Path, seed: int) -> None:
        ended = self._run(step, home)
        self._listen(step, ended, f"{self.chain.name}, seed {seed}: {step.name} undisturbed")
        if ended.code not in (0, 1):
            self.tally.wrong.append(
                f"{self.chain.name}, seed {seed}: {step.name} does not end well undisturbed: {ended.said}"
            )
        self._now += 1

    def _look_again(self, step: Step, home: Path, seed: int) -> None:
        """A server that was started again looks every few minutes."""
        before = self._now
        for _ in range(2):
            self._now += _LOOK_AGAIN
            self._until_done(step, home, seed)
        self._now = before

    def _listen(self, step: Step, ended: Ended, where: str) -> None:
        if ended.code is None:
            return
        for line in ended.said.splitlines():
            if line.startswith("错误"):
                self.tally.sentences[f"{step.name}: {_plain(line)}"] += 1
        if ended.code not in (0, 1, 2) or "Traceback" in ended.said or "程序出了意外" in ended.said:
            self.tally.wrong.append(f"{where}: exit {ended.code}: {ended.said[-3000:]}")

    def _settle(self, step: Step, home: Path) -> bool:
        """The clerk looks up what nobody knows; True when a letter has to leave again."""
        with self.ledger.opened(home) as engine, engine.connect() as db:
            asked = db.execute(sa.select(letters).where(letters.c.state == "unknown")).all()
        again = False
        for row in asked:
            held = any(row.message_id.encode() in letter.data for letter in self.world.smtp.letters)
            again = again or not held
            self.tally.asked += 1
            place = ("--year" if is_year(row.period) else "--period", row.period)
            answer = ["mail", "settle", row.plan, row.message_id, "sent" if held else "again", *place]
            ended = self.crew.machine.run(home, answer, now=self._now)
            if ended.code not in (0, 1):
                self.tally.wrong.append(f"{step.name}: settle {row.message_id}: {ended.said}")
        return again

    def _mass(self, home: Path) -> set[str]:
        """Mass letters that have left, or may have."""
        with self.ledger.opened(home) as engine, engine.connect() as db:
            if not sa.inspect(db).has_table("letters"):
                return set()
            rows = db.execute(sa.select(letters).where(letters.c.plan == self.chain.asked[0])).all()
        return {row.message_id for row in rows if row.kind in _MASS and row.state in ("sent", "sending")}

    def _state(self, home: Path, look: Look) -> State:
        boxes = {"inbox": self.world.imap.files(), "done": self.world.imap.files(".Done")}
        with self.ledger.opened(home) as engine:
            return state_of(home, self.world.smtp.letters, engine, boxes, look)

    def _told(self, home: Path) -> Any:
        return figures(Office(home).json("status", *self.chain.asked))


def _plain(line: str) -> str:
    """A sentence without what differs from round to round."""
    return re.sub(r"/\S*/", "…/", re.sub(r"[0-9a-f]{12}|\d{4,5} 的端口|的 \d+ 端口|从\d+月\d+日 [\d:]+ 起", "…", line))
