"""The number of a bulletin, 云政公开办〔2026〕5号 or 第5期: counted by series and year, kept when it is made again."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from flows.config import Bulletin
from flows.documents.bulletin import OWN_MASTHEAD
from flows.periods import Period
from flows.store import Store, append, bulletins, reports
from flows.tables import meta


@dataclass(frozen=True, slots=True)
class Issue:
    """The number of a bulletin within its year."""

    year: int
    number: int


def series_of(settings: Bulletin) -> str:
    """What is counted through: all plans of an office whose bulletins bear the same 机关代字, or the same own name."""
    own = settings.style == OWN_MASTHEAD
    return f"{settings.style}：{(settings.masthead or OWN_MASTHEAD) if own else settings.number_prefix}"


def number_bulletin(store: Store, plan: str, period: Period, settings: Bulletin, year: int) -> Issue:
    """The number of a period's bulletin: the one that it has got, else the next of its series in ``year``; recorded.

    Bulletins of earlier versions counted a plan through; they keep their numbers, and the year goes on behind them.
    """
    series = series_of(settings)
    with store.begin() as db:
        # The first write takes the lock: two runs at once do not share a number.
        db.execute(meta.update().where(meta.c.key == "schema").values(value=meta.c.value))
        here = (bulletins.c.plan == plan, bulletins.c.period == str(period), bulletins.c.series == series)
        given = db.execute(sa.select(bulletins.c.year, bulletins.c.number).where(*here)).first()
        if given:
            return Issue(given.year, given.number)
        earlier = _of_earlier_versions(db) if settings.style != OWN_MASTHEAD else {}
        issue = earlier.get((plan, str(period)))
        if issue is None:
            same = (bulletins.c.series == series, bulletins.c.year == year)
            last = db.execute(sa.select(sa.func.max(bulletins.c.number)).where(*same)).scalar() or 0
            old = max((each.number for each in earlier.values() if each.year == year), default=0)
            issue = Issue(year, max(last, old) + 1)
            append(db, bulletins, plan=plan, period=str(period), series=series, year=issue.year, number=issue.number)
        return issue


def _of_earlier_versions(db: sa.Connection) -> dict[tuple[str, str], Issue]:
    """(plan, period) → number and year of the first print, of bulletins from before numbers were kept by year."""
    kept = {(row.plan, row.period) for row in db.execute(sa.select(bulletins.c.plan, bulletins.c.period))}
    found: dict[tuple[str, str], Issue] = {}
    query = sa.select(reports.c.plan, reports.c.period, reports.c.number, reports.c.at).order_by(reports.c.id)
    for row in db.execute(query):
        if (row.plan, row.period) not in kept:
            found.setdefault((row.plan, row.period), Issue(int(row.at[:4]), row.number))
    return found
