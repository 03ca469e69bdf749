"""回头看: the sheet that tells of each look-back item where it came from and what was last said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.plan.carried import Carried, Said
from flows.plan.review_layout import LOOKBACK, LOOKBACK_COLUMNS, TASKS, height_of, shown
from flows.plan.review_pages import Pages

_WIDTHS = (8, 30, 8, 12, 18, 10, 10, 46, 26, 26)


def write_carried(pages: Pages, carried: Sequence[Carried], rows: Mapping[str, int]) -> None:
    """One row for each item and unit. ``rows``: number → row in the sheet of tasks; deleted items are left out."""
    sheet = pages.sheet(LOOKBACK, _WIDTHS, tab="#7030A0")
    here = [each for each in carried if each.no in rows]
    note = f"回头看事项 {len(here)} 条的来源和最近一次填报，供查看；要改期限、单位，请在“{TASKS}”表里改"
    sheet.merge_range(0, 0, 0, len(_WIDTHS) - 1, note, pages.title)
    sheet.set_row(0, 26)
    pages.header(sheet, 1, LOOKBACK_COLUMNS)
    row = 2
    for each in here:
        for said in each.said or (Said(""),):
            texts = [shown(text) for text in _texts(each, said)]
            sheet.write_url(row, 0, f"internal:'{TASKS}'!A{rows[each.no] + 1}", pages.link, each.no, "跳到这一条")
            for at, text in enumerate(texts[1:], 1):
                pages.put(sheet, row, at, text, pages.middle if at in (2, 3, 5, 6) else None)
            sheet.set_row(row, height_of(list(zip(texts, _WIDTHS, strict=True))))
            row += 1
    sheet.autofilter(1, 0, max(row - 1, 2), len(_WIDTHS) - 1)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)


def _texts(each: Carried, said: Said) -> tuple[str, ...]:
    status = said.status + (f" {said.percent}%" if said.percent is not None else "")
    never = "没有填报过" if each.plan and not said.status else ""
    return (
        each.no,
        each.title,
        each.origin,
        each.due or "",
        said.unit,
        said.period,
        status or never,
        said.progress,
        said.problem,
        said.opinion,
    )
