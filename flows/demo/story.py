"""How far a unit has come with a task on a given day: a small invented history, the same however often it is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flows.demo.content import sample_units
from flows.demo.people import between, chance, workday, workdays_before
from flows.demo.sheet import SheetRow, day_in
from flows.demo.wording import Voice
from flows.periods import Period

_ENDLESS = re.compile(r"全年|长期|持续|常态|每|定期|季度")
_SETTLED = ("已完成", "不涉及")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person types into one row; None and '' leave a cell empty."""

    status: str
    percent: int | None = None
    progress: str = ""
    done_on: date | None = None
    evidence: str = ""
    problem: str = ""
    next_step: str = ""


def typed(unit: str, row: SheetRow, period: Period, today: date) -> Typed | None:
    """What the unit types into this row, or None when it leaves last month's words standing.

    Finished tasks are left alone. So is now and then a task on which nothing happened.
    """
    before = row["完成状态"]
    if before in _SETTLED:
        return None
    no = row["任务编号"]
    voice = Voice(unit, no, row["具体要求"], period, today)
    responsible = row["承担角色"] != "牵头"
    if voice.theme.exempt and responsible and chance(unit, no, "exempt") < 0.12:
        return Typed("不涉及", progress=voice.theme.exempt)
    turn = day_in(row["完成时限"])
    if turn and _ENDLESS.search(row["完成时限"]) and (turn.year, turn.month) == (today.year, today.month):
        # 每月、每季度: this time's day is in this month.
        day = workdays_before(today, 3)[0]
        return Typed("已完成", 100, voice.finished(day), day)
    history = _history(unit, no, row["完成时限"], period)
    if history.finish and history.finish <= today:
        return Typed(
            "已完成",
            100,
            voice.finished(history.finish),
            history.finish,
            voice.theme.evidence if _careful(unit) else "",
        )
    if before and "须写新进展" not in row["上期进展"] and chance(unit, no, period, "unchanged") < 0.12:
        return None
    return _unfinished(voice, history, today, row["进展情况"])


@dataclass(frozen=True, slots=True)
class _History:
    begin: date
    finish: date | None
    due: date | None


def _history(unit: str, no: str, deadline: str, period: Period) -> _History:
    """Work begins after the plan came in January; most tasks end before their deadline, some units let more slip."""
    came = date(period.year, 1, 20)
    due = day_in(deadline)
    if due is None or _ENDLESS.search(deadline):
        return _History(came, None, None)
    span = max(20, (due - came).days)
    begin = came + timedelta(days=int(span * 0.45 * chance(unit, no, "begin")))
    if chance(unit, no, "slips") < 0.02 + 0.12 * chance(unit, "slack"):
        finish = due + timedelta(days=between(6, 45, unit, no, "slip"))
    else:
        finish = due - timedelta(days=int((due - begin).days * 0.7 * chance(unit, no, "ahead")))
    return _History(begin, max(workday(finish - timedelta(days=2)), begin + timedelta(days=3)), due)


def _unfinished(voice: Voice, history: _History, today: date, said: str) -> Typed:
    theme = voice.theme
    if history.finish is None:
        spent = today.timetuple().tm_yday / 365
        percent = round(spent * 20) * 5 if chance(voice.unit, "counts") < 0.5 else None
        step = voice.fill(theme.next_step) if chance(voice.unit, voice.no, "step") < 0.6 else ""
        return Typed("推进中", percent, voice.ongoing(), evidence=_paper(voice), next_step=step)
    share = (today - history.begin).days / max(1, (history.finish - history.begin).days)
    if share <= 0:
        return Typed("未启动", None, next_step=f"{history.begin.month}月启动")
    late = history.due is not None and history.due < today
    percent = max(5, min(95, round(share * 19) * 5))
    stuck = (
        bool(theme.ask) and not _asks_itself(voice) and chance(voice.unit, voice.no, "stuck") < (0.3 if late else 0.05)
    )
    if stuck:
        return Typed("需协调", percent, voice.moving(share, said), problem=theme.problem, next_step=theme.ask)
    return Typed(
        "推进中",
        percent if chance(voice.unit, "counts") > 0.15 else None,
        voice.moving(share, said),
        evidence=_paper(voice) if share > 0.5 else "",
        problem=theme.problem if late else "",
        next_step=voice.fill(theme.next_step) if late or chance(voice.unit, voice.no, "step") < 0.7 else "",
    )


def _asks_itself(voice: Voice) -> bool:
    names = next(((u.name, *u.aliases) for u in sample_units() if u.name == voice.unit), (voice.unit,))
    return any(name in voice.theme.ask for name in names)


def _careful(unit: str) -> bool:
    return chance(unit, "careful") < 0.8


def _paper(voice: Voice) -> str:
    return voice.theme.evidence if chance(voice.unit, voice.no, "paper") < 0.25 else ""
