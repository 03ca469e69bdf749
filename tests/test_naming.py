"""A file's name tells of the unit with the longest name in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.roster import Unit
from flows.round.naming import Names


def unit(name: str, *aliases: str) -> Unit:
    return Unit(name, "政府部门", aliases)


def test_the_longest_name_counts_and_an_alias_is_a_name() -> None:
    names = Names([unit("市水务局", "水务"), unit("云川市水务局水政支队", "水政支队"), unit("东山县")])
    assert names.longest_in("云川市水务局水政支队_台账.xlsx") == "云川市水务局水政支队"
    assert names.longest_in("3月水政支队.xlsx") == "云川市水务局水政支队"
    assert names.longest_in("水务的表（东山县）.xlsx") == "东山县"
    assert names.longest_in("台账.xlsx") == ""


@given(
    st.lists(st.tuples(st.text("市县局东西", min_size=1, max_size=4), st.lists(st.text("市县局东西", max_size=3)))),
    st.text("市县局东西", max_size=12),
)
def test_it_finds_what_holding_every_name_against_the_text_finds(
    roster: list[tuple[str, list[str]]], text: str
) -> None:
    units = [unit(name, *filter(None, aliases)) for name, aliases in roster]
    held = [(len(name), each.name) for each in units for name in (each.name, *each.aliases) if name in text]
    assert Names(units).longest_in(text) == (max(held)[1] if held else "")
