"""Whatever number a clerk pastes out of a bulletin, `trace --figure` knows which figure it is."""

from __future__ import annotations

import re

import pytest

from flows.documents.prose import write_prose
from flows.progress import Snapshot
from flows.round.figure import Figure
from flows.round.figure_list import figures_of
from flows.round.figure_words import matching
from tests.documents.made_months import made_month
from tests.documents.months import CONFIG, busy_month
from tests.documents.test_edge_months import MONTHS
from tests.documents.test_prose import said

_CLAUSE = re.compile(r"[^，。；：（）、\d]*\d[\d.]*(?:个百分点|项次|项|个|份|%)[^，。；：、（）]*")


def clauses(snap: Snapshot) -> list[str]:
    """Every piece of a bulletin's text between two marks that has a count in it; units' own words are left out."""
    text = said(write_prose(snap, CONFIG)).split("。现将")[1]
    found = _CLAUSE.findall(re.sub("“[^”]*”", "", text))
    return [clause for clause in found if not re.fullmatch(r".*等\d+个单位.*", clause)]


def pointed_at(asked: str, figures: tuple[Figure, ...]) -> list[str]:
    return [figures[place].key for place in matching(asked, figures).found]


@pytest.mark.parametrize("first", range(4))
def test_every_count_of_many_bulletins_is_found_by_the_words_around_it(first: int) -> None:
    lost = []
    for seed in range(first, 80, 4):
        month = made_month(seed)
        snap = month.told()
        figures = figures_of(snap)
        assert len({figure.key for figure in figures}) == len(figures)
        for clause in clauses(snap):
            match = matching(clause, figures)
            if not match.found or match.near:
                lost.append((seed, clause))
        month.store.close()
    assert lost == []


def test_a_figure_counts_as_many_as_it_says() -> None:
    """What stands behind a figure is as long as the figure is large."""
    for snap in (
        busy_month(),
        *(make() for make in MONTHS.values()),
        *(made_month(seed).told() for seed in range(80, 100)),
    ):
        for figure in figures_of(snap):
            if figure.names or figure.key.startswith("followed") or figure.notice:
                continue
            parts = {len(figure.cells), len(figure.items), len(figure.units), len({c.item.no for c in figure.cells})}
            assert figure.value in parts, (figure.key, figure.value, parts)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("已完成6项", "items.done"),
        ("已完成 ６ 项", "items.done"),
        ("未报送 2 家", "answer.missing"),
        ("未报送", "answer.missing"),
        ("完成率 临江区", "unit.临江区"),
        ("临江区", "unit.临江区"),
        ("临江区（18/30）", "unit.临江区"),
        ("第1.3项", "item.1.3"),
        ("1.3", "item.1.3"),
        ("报送率81%", "answered"),
        ("2026年10月31日，已办结153项次", "pairs.done"),
        ("比上期提高6.7个百分点", "rate"),
        ("1", "items"),
    ],
)
def test_people_write_figures_in_many_ways(asked: str, key: str) -> None:
    assert pointed_at(asked, figures_of(busy_month())) == [key]


def test_a_number_is_never_cut_in_two() -> None:
    """13 is not found in 153, nor 6 in 16."""
    figures = figures_of(busy_month())
    assert matching("办结153项次", figures).near is False
    assert matching("办结53项次", figures).near
    assert matching("办结15项次", figures).near


def test_what_has_no_likeness_at_all_is_not_guessed() -> None:
    assert pointed_at("风调雨顺", figures_of(busy_month())) == []
    assert pointed_at("999", figures_of(busy_month())) == []


def test_a_unit_s_row_leads_to_all_its_work() -> None:
    month = busy_month()
    figures = {figure.key: figure for figure in figures_of(month)}
    for line in month.units:
        figure = figures[f"unit.{line.unit.name}"]
        assert figure.cells == line.cells
        assert f"已完成{line.done}，" in figure.texts[0]
