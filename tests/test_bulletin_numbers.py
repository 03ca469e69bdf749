"""The number of a bulletin: counted by year and by 机关代字, kept when it is made again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.config import Bulletin
from flows.periods import Period
from flows.standing.bulletin_numbers import Issue, number_bulletin
from flows.store import Store, reports

OFFICIAL = Bulletin(number_prefix="云政公开办")
OWN = Bulletin(style="督查通报", masthead="云川市政务督查", number_prefix="云政公开办")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / '台账.db'}")
    yield made
    made.close()


def numbered(store: Store, period: str, year: int, settings: Bulletin = OFFICIAL, plan: str = "要点") -> Issue:
    return number_bulletin(store, plan, Period.parse(period), settings, year)


def test_every_year_begins_at_one_by_the_year_of_the_signature(store: Store) -> None:
    assert numbered(store, "2026-11", 2026) == Issue(2026, 1)
    assert numbered(store, "2026-12", 2027) == Issue(2027, 1)
    assert numbered(store, "2027-01", 2027) == Issue(2027, 2)


def test_a_bulletin_made_again_keeps_number_and_year(store: Store) -> None:
    assert numbered(store, "2026-12", 2026) == Issue(2026, 1)
    assert numbered(store, "2026-12", 2027) == Issue(2026, 1)
    assert numbered(store, "2027-01", 2027) == Issue(2027, 1)


def test_two_plans_of_an_office_never_share_a_number(store: Store) -> None:
    assert numbered(store, "2026-10", 2026) == Issue(2026, 1)
    assert numbered(store, "2026-10", 2026, plan="督查") == Issue(2026, 2)
    assert numbered(store, "2026-11", 2026) == Issue(2026, 3)


def test_an_own_masthead_is_counted_apart(store: Store) -> None:
    assert numbered(store, "2026-09", 2026) == Issue(2026, 1)
    assert numbered(store, "2026-10", 2026, OWN) == Issue(2026, 1)
    assert numbered(store, "2026-11", 2026, OWN) == Issue(2026, 2)


def test_bulletins_of_an_earlier_version_keep_their_numbers_and_the_year_goes_on(store: Store) -> None:
    for month, number in ((8, 1), (9, 2), (9, 2)):
        period = f"2026-{month:02}"
        store.add(reports, plan="要点", period=period, number=number, as_of=f"{period}-28", figures="{}")
    year = int(store.column(sa.select(reports.c.at))[0][:4])
    assert numbered(store, "2026-09", year + 1) == Issue(year, 2)
    assert numbered(store, "2026-10", year) == Issue(year, 3)
    assert numbered(store, "2026-11", year + 1) == Issue(year + 1, 1)
