"""The clerk's desk: one plan with its settings, roster, assignment and history, opened together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from flows.config import Config
from flows.goals.occurrences import comes_again
from flows.periods import Period, today
from flows.plan.carried import Carried
from flows.plan.deadlines import month_rule
from flows.plan.model import Doubt, Item, Plan
from flows.plan.review import Reviewed, read_reviewed
from flows.problems import UserError
from flows.progress import Cell, Review, Snapshot
from flows.roster import Roster, Unit, read_roster
from flows.standing.apart import snapshot_apart
from flows.standing.figures import Ground, snapshot
from flows.standing.followed import Again, again_in
from flows.standing.goal_tracking import with_goals
from flows.standing.lights import Scheme, scheme_of
from flows.storage.carried import standing_carried
from flows.storage.database import password_from
from flows.storage.decisions import Decisions, decisions_for, remember
from flows.storage.history import History, Recorded
from flows.storage.latest import latest
from flows.storage.locks import plan_lock
from flows.storage.reviews import Place, kept_reviews, standing
from flows.store import Store, dispatches, readings
from flows.units.assignment import Assignment, all_doubts, assign
from flows.workspace import Home, PlanFolder

if TYPE_CHECKING:  # loaded where a share is named: start-up time
    from flows.sharing.session import Session

NO_ROSTER = Doubt(None, "roster", "", "还没有单位名录，分不出各单位的任务；请填好 ledgers/单位名录.xlsx")


@dataclass(frozen=True)
class Desk:
    """Everything about one plan. The plan is what 任务分解表.xlsx says now, not what was once imported."""

    home: Home
    config: Config
    folder: PlanFolder
    store: Store
    reviewed: Reviewed
    roster: Roster
    decisions: Decisions

    @cached_property
    def plan(self) -> Plan:
        """The plan with the doubts that do not rest on the roster; those are found anew."""
        return self.reviewed.plan.with_doubts(self.reviewed.own_doubts)

    @cached_property
    def assignment(self) -> Assignment:
        """Who carries what, by today's plan, roster and decisions."""
        return assign(self.plan, self.roster, self.config.groups, self.decisions.units)

    @cached_property
    def history(self) -> History:
        """What the store knows of the plan."""
        return History(self.store, self.folder.slug)

    @cached_property
    def items(self) -> dict[str, Item]:
        """Item number → item."""
        return {item.no: item for item in self.plan.items}

    @cached_property
    def carried(self) -> tuple[Carried, ...]:
        """Where the plan's look-back items (回头看) came from."""
        return standing_carried(self.store, self.folder.slug, self.reviewed)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """All open questions: of the reader and of the assignment."""
        if not self.roster.units:
            return (*self.plan.doubts, NO_ROSTER)
        return all_doubts(self.plan, self.assignment, self.reviewed.settled)

    @property
    def lights(self) -> Scheme:
        """How this office shows lights and classes."""
        return scheme_of(self.config.lights, self.config.round.due_soon_days)

    @property
    def carriers(self) -> tuple[Unit, ...]:
        """Units that carry at least one item, in roster order."""
        return tuple(unit for unit in self.roster if unit.name in self.assignment.by_unit)

    def reply_by(self, period: Period) -> date:
        """报送截止 of a period."""
        return period.day(self.config.round.reply_day)

    def snapshot(self, period: Period, as_of: date | None = None, *, compared: bool = True) -> Snapshot:
        """The figures of a period; ``as_of`` is by default the period's last day, or today when that is still ahead.

        Not ``compared`` with the month before, nothing is told as unchanged: a quarter of the time in a big round.
        """
        again = self.again(period)
        snap = snapshot_apart(self._ground(period, as_of, again, self.assignment, compared=compared))
        return with_goals(snap, self.store, self.folder.slug, self.plan, period, again)

    def cell(self, period: Period, place: Place) -> Cell | None:
        """One unit's work on one item as ``snapshot`` has it, without asking for everybody else's."""
        ground = self._ground(period, None, self.again(period), self.assignment.only(place[0]))
        return next((each for each in snapshot(ground).cells if each.item.no == place[1]), None)

    def _ground(
        self, period: Period, as_of: date | None, again: Again, assignment: Assignment, *, compared: bool = True
    ) -> Ground:
        """What a snapshot of these shares rests on."""
        history = self.history
        said = self._read.pop(period, None) if assignment is self.assignment else None
        said = self._said(period, assignment) if said is None else said
        # Only what was said anew in this month is held against the month before.
        month = str(period)
        anew = [place for place, record in said.items() if record.arrival.period == month]
        current = again.current(said)
        return Ground(
            slug=self.folder.slug,
            plan=again.plan(self.plan),
            roster=self.roster,
            assignment=assignment,
            period=period,
            as_of=as_of or min(period.last_day, today()),
            reply_by=self.reply_by(period),
            due_soon_days=self.config.round.due_soon_days,
            current=current,
            before=latest(history, period.previous, anew) if compared else {},
            arrivals=history.arrivals(period),
            issued=history.issued(period),
            last_report=history.last_report(period),
            reviews=self.reviews(period, current),
            held=history.held_counts(period),
            bounced=history.bounced(period),
            unreached=history.unreached(period),
            lights=self.config.lights,
            missed=again.all_missed(assignment),
            begins=again.begins,
        )

    def read_ahead(self, period: Period) -> None:
        """Read what was said up to a period before its snapshot is asked for; only work that holds the plan may."""
        self._read[period] = self._said(period, self.assignment)

    @cached_property
    def _read(self) -> dict[Period, dict[Place, Recorded]]:
        return {}

    def _said(self, period: Period, assignment: Assignment) -> dict[Place, Recorded]:
        places = [(unit, no) for unit, shares in assignment.by_unit.items() for no, _role in shares]
        return latest(self.history, period, places)

    def again(self, period: Period, until: Period | None = None) -> Again:
        """The plan's items that come due again, as a month sees them by what is known up to ``until`` (that month)."""
        kept = kept_reviews(self.store, self.folder.slug) if any(map(comes_again, self.plan.items)) else ()
        return again_in(self.store, self.folder.slug, self.plan, period, kept, until=until or period)

    def current(self, period: Period) -> Mapping[Place, Recorded]:
        """(unit, no) → the report that counts in a month; what was finished at an earlier time counts no more."""
        return self.again(period).current(self.history.current(period))

    def reviews(self, period: Period, current: Mapping[Place, Recorded] | None = None) -> dict[Place, Review]:
        """(unit, no) → the office's ruling as it stands in a period; ``current``: what counts there, when known."""
        kept = kept_reviews(self.store, self.folder.slug)
        if not kept:
            return {}
        again = self.again(period)
        return again.in_time(standing(period, self.current(period) if current is None else current, kept))

    def review(self, period: Period, place: Place) -> Review | None:
        """``reviews`` of one place, without asking for everybody else's."""
        current = self.again(period).current(self.history.current(period, place[0]))
        return self.reviews(period, current).get(place)

    def below_plan(self, path: Path) -> str:
        """A path as the store keeps it: relative to the plan's folder, so that a home can be moved."""
        return path.relative_to(self.folder.root).as_posix()


def open_store(home: Home, config: Config) -> Store:
    """The store that config.toml names, else SQLite in the home."""
    named = config.store
    if not named.url:
        return Store(home.database_url)
    return Store(named.url, named.schema_, password_from(named.password_env))


def shared(home: Home, config: Config, store: Store) -> Session:
    """The share that config.toml names, used by this command. What the clerk has to hear of it goes to stderr."""
    from flows.console import Screen
    from flows.sharing.session import Session

    return Session(home, config, store.engine, store.secret(), Screen().note)


def bring(home: Home, config: Config, slug: str) -> None:
    """Bring a plan's files from the share, where others may have changed it or only they have it yet."""
    if config.files.share:
        with closing(open_store(home, config)) as store:
            shared(home, config, store).look(slug)


def in_step(home: Home, config: Config, store: Store, slug: str) -> AbstractContextManager[None]:
    """Work on a plan that is held: with a share, its files are brought in step before and after."""
    return shared(home, config, store).held(slug) if config.files.share else nullcontext()


@contextmanager
def open_desk(home: Home, slug: str, *, need_roster: bool = True, doing: str = "") -> Iterator[Desk]:
    """Open a plan; UserError when it was never imported, or when there is no roster and one is needed.

    ``doing`` names work that changes the plan's round: while it lasts nobody else does any, see flows.storage.locks.
    What the office has decided in the plan's table since the last time is taken into the store.
    """
    config = home.config()
    folder = home.plan(slug)
    if not doing or not folder.review.is_file():
        bring(home, config, slug)
    if not folder.review.is_file():
        raise home.no_plan(slug)
    if not doing:  # a faulty table is told before a database is asked for
        reviewed, roster = _read(config, folder, need_roster)
    store = open_store(home, config)
    try:
        with ExitStack() as held:
            if doing:
                held.enter_context(plan_lock(store.engine, folder.root, slug, doing))
                held.enter_context(in_step(home, config, store, slug))
                reviewed, roster = _read(config, folder, need_roster)
            _refuse_lost(store, folder, slug)
            remember(store, slug, reviewed)
            yield Desk(home, config, folder, store, reviewed, roster, decisions_for(store, reviewed))
    finally:
        store.close()


def _refuse_lost(store: Store, folder: PlanFolder, slug: str) -> None:
    """A store that has never heard of a plan whose workbooks went out is another one: all would go out once more."""
    heard = (sa.select(table.c.id).where(table.c.plan == slug).limit(1) for table in (readings, dispatches))
    if not any(map(store.column, heard)) and any(folder.root.glob("20??-??/下发/*.xlsx")):
        raise UserError(
            f"“{slug}”下发过台账，数据库里却没有它的记录：台账.db 可能被删除、替换，或 [store] 换了地址",
            "请放回原来的数据库，或用 taizhang restore 恢复备份；确要从头开始，先把旧的期次文件夹移走",
        )


def _read(config: Config, folder: PlanFolder, need_roster: bool) -> tuple[Reviewed, Roster]:
    """The office's own workbooks, as they are now."""
    with month_rule(config.plan.inclusive_months):
        reviewed = read_reviewed(folder.review)
    return reviewed, read_roster_of(folder, need=need_roster)


def read_roster_of(folder: PlanFolder, *, need: bool) -> Roster:
    """The roster that counts for a plan. Without need, a missing or empty one is an empty roster."""
    try:
        return read_roster(folder.roster)
    except UserError:
        if need or not is_blank_roster(folder.roster):
            raise
        return Roster(())


def is_blank_roster(path: Path) -> bool:
    """Not there, or still the empty form: no fault, the office has not come to it yet."""
    if not path.is_file():
        return True
    try:
        read_roster(path)
    except UserError as error:
        return "还没有单位" in error.message
    return False
