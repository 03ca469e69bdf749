"""Whom a bulletin named is kept beside its figures: the next bulletin follows them up without reading all of these."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest
import sqlalchemy as sa

from flows.round.complaints import named, packed, unpacked
from flows.round.freezing import last_complaints, last_printing
from flows.store import complaints, printings
from tests.documents.made_months import SLUG, Month, made_month

_SEEDS = range(40)


@pytest.fixture(scope="module")
def followed() -> list[Month]:
    """Months before which a bulletin was made that kept its figures."""
    months = [made_month(seed) for seed in _SEEDS]
    printed = [(month, last_printing(month.store, SLUG, before=month.period)) for month in months]
    for month, last in printed:
        assert (last_complaints(month.store, SLUG, month.period) is None) == (last is None or last.snapshot is None)
    return [month for month, last in printed if last and last.snapshot]


def test_what_is_kept_is_what_the_figures_say(followed: list[Month]) -> None:
    told = 0
    for month in followed:
        last = last_printing(month.store, SLUG, before=month.period)
        kept = last_complaints(month.store, SLUG, month.period)
        assert last is not None
        assert last.snapshot is not None
        assert kept is not None
        assert (kept.period, kept.numbering) == (last.period, last.numbering)
        assert kept.named == tuple(named(last.snapshot.plan_part))
        told += len(kept.named)
    assert told > 50


def test_bulletins_of_an_earlier_version_are_followed_up_alike(followed: list[Month]) -> None:
    """It kept the figures alone."""
    for month in followed:
        now = month.told()
        with month.store.begin() as db:
            db.execute(complaints.delete())
        assert month.told() == now
    assert any(month.told().followups for month in followed)


def test_what_a_later_version_keeps_is_read_from_the_figures(followed: list[Month]) -> None:
    month = next(month for month in followed if month.told().followups)
    now = month.told()
    for content in (b"?", zlib.compress(b"[[1,2]]"), zlib.compress('[["另一种","甲","1",null]]'.encode())):
        with month.store.begin() as db:
            db.execute(complaints.delete())
        printing = month.store.column(sa.select(printings.c.id).order_by(printings.c.id))
        month.store.add(complaints, printing=printing[-1], content=content)
        assert month.told() == now


def test_a_day_and_an_answer_come_back_as_they_were(followed: list[Month]) -> None:
    every = [each for month in followed for each in named(month.snapshot())]
    assert unpacked(packed(every)) == every
    assert {bool(each.no) for each in every} == {True, False}
    assert any(each.due for each in every)
    assert unpacked(packed([replace(every[0], due=None)])) == [replace(every[0], due=None)]
