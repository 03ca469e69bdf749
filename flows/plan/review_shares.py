"""The sheets that only inform: 分工, who carries what, and 泛称, what group expressions were read as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.plan.model import Plan
from flows.plan.review_layout import ASSIGNED, GROUPS, height_of, shown
from flows.plan.review_pages import Pages
from flows.plan.units import join_names
from flows.roster import GroupReading

Assignments = Mapping[str, Sequence[tuple[str, str]]]
"""Item number → (unit, "lead" | "responsible")."""


def write_shares(pages: Pages, plan: Plan, assignments: Assignments) -> None:
    """分工: items down, units across."""
    units = list(dict.fromkeys(unit for pairs in assignments.values() for unit, _ in pairs))
    sheet = pages.sheet(ASSIGNED, [8, 50, 8, *[4.5] * len(units)])
    pages.header(sheet, 0, ("任务编号", "具体要求", "单位数"))
    for at, unit in enumerate(units, 3):
        pages.put(sheet, 0, at, shown(unit), pages.steep)
    sheet.set_row(0, min(300, 24 + 12 * max((len(unit) for unit in units), default=4)))
    totals = dict.fromkeys(units, 0)
    for row, item in enumerate(plan.items, 1):
        roles = dict(assignments.get(item.no, ()))
        pages.put(sheet, row, 0, item.no, pages.key)
        pages.put(sheet, row, 1, shown(item.requirement))
        sheet.set_row(row, height_of([(shown(item.requirement), 50)]))
        sheet.write_number(row, 2, len(roles), pages.middle)
        for at, unit in enumerate(units, 3):
            if unit in roles:
                totals[unit] += 1
                pages.put(sheet, row, at, "牵头" if roles[unit] == "lead" else "责任", pages.middle)
            else:
                sheet.write_blank(row, at, None, pages.middle)
    bottom = len(plan.items) + 1
    pages.put(sheet, bottom, 0, "合计", pages.head)
    pages.put(sheet, bottom, 1, "每个单位承担的条数", pages.head)
    sheet.write_number(bottom, 2, sum(totals.values()), pages.head)
    for at, unit in enumerate(units, 3):
        sheet.write_number(bottom, at, totals[unit], pages.head)
    sheet.autofilter(0, 0, bottom - 1, 2 + len(units))
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)


def write_groups(pages: Pages, groups: Sequence[GroupReading]) -> None:
    """泛称: expression, meaning, units."""
    sheet = pages.sheet(GROUPS, (30, 40, 8, 90))
    pages.header(sheet, 0, ("文件中的表述", "理解为", "单位数", "单位"))
    for row, group in enumerate(groups, 1):
        pages.put(sheet, row, 0, shown(group.expression))
        pages.put(sheet, row, 1, shown(group.meaning))
        sheet.write_number(row, 2, len(group.units), pages.middle)
        names = shown(join_names(group.units))
        pages.put(sheet, row, 3, names)
        sheet.set_row(row, height_of([(group.expression, 30), (group.meaning, 40), (names, 90)]))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
