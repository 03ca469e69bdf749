"""考核得分表.xlsx: ranking, the rows behind it, the office's own lines, charts, the scheme in words.

Formulas carry the values that were computed; a leader can check every sum, and what the office types into 加减分 counts
at once.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.assessment import adjust_sheet, sheet_details, sheet_summary
from flows.assessment.adjust_sheet import COLUMNS, POINTS, REMARK, UNIT, VETO
from flows.assessment.model import Adjustment, Assessed
from flows.assessment.settings import Assessment
from flows.assessment.sheet_tools import Grid
from flows.assessment.words import scheme
from flows.ledger.styles import FAULT_INK, HEAD_FACE, INPUT_FILL, INPUT_HEAD_FILL, Styles
from flows.ledger.text import clean, height_of, lines_needed

CHART_SHEET: Final = "图表"
SCHEME_SHEET: Final = "说明"
_WIDTHS: Final = (26, 12, 44, 30, 12, 40)
_TOP: Final = 3
"""0-based row of the first line of 加减分."""
_SPARE: Final = 100
"""Empty lines for the office."""


def render_scores(
    assessed: Assessed,
    rules: Assessment,
    colours: tuple[str, ...],
    units: Sequence[str],
    faulty: Sequence[tuple[str, ...]] = (),
) -> bytes:
    """The workbook as bytes; the same assessment gives the same bytes.

    ``colours``: of the 督办单, mildest first; ``units``: whom a line of 加减分 may name; ``faulty``: lines that
    could not be taken, put back for the office to mend.
    """
    stream = io.BytesIO()
    workbook = Workbook(stream, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    day = assessed.facts.as_of
    created = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Excel knows no time zone
    workbook.set_properties({"title": clean(f"{assessed.facts.plan_title} 考核得分表"), "created": created})
    styles = Styles(workbook)
    summary = workbook.add_worksheet(sheet_summary.SHEET)
    details = workbook.add_worksheet(sheet_details.SHEET)
    hand = workbook.add_worksheet(adjust_sheet.SHEET)
    charts = workbook.add_worksheet(CHART_SHEET)
    words = workbook.add_worksheet(SCHEME_SHEET)
    key = workbook.add_worksheet(adjust_sheet.KEY_SHEET)
    places = sheet_details.write_details(details, styles, assessed)
    lines = _write_adjustments(hand, styles, assessed.facts.adjustments, faulty, units, words)
    sheet_summary.Summary(workbook, summary, styles, assessed, rules).write(places, lines, charts)
    _write_scheme(words, styles, rules, colours)
    facts = assessed.facts
    for row, text in enumerate(adjust_sheet.key_rows(facts.plan, facts.first, facts.last, facts.adjustments)):
        key.write_string(row, 0, text)
    key.very_hidden()
    summary.activate()
    workbook.close()
    return stream.getvalue()


def _write_adjustments(
    sheet: Worksheet,
    styles: Styles,
    lines: Sequence[Adjustment],
    faulty: Sequence[tuple[str, ...]],
    units: Sequence[str],
    dictionary: Worksheet,
) -> sheet_summary.Lines:
    """The office's own sheet: what stands, what could not be taken, and room for more."""
    columns = list(zip(COLUMNS, _WIDTHS, strict=True))
    grid = Grid(sheet, styles, columns, centred=frozenset({1, 4}))
    sheet.write_string(
        0, 0, "加分、减分和一票否决（办公室填写黄色的格）", styles.get(font_name=HEAD_FACE, font_size=14)
    )
    sheet.set_row(0, 26)
    told = (
        f"加分写 2，减分写 -2，或写{VETO}；理由必填；期次写 2026-07，算在全年的空着。保存后再运行一次 taizhang assess。"
    )
    sheet.write_string(1, 0, told, styles.get())
    for place, (word, _) in enumerate(columns):
        fill = {} if word == REMARK else {"bg_color": INPUT_HEAD_FILL}
        sheet.write_string(_TOP - 1, place, word, styles.head(**fill))
    sheet.set_row(_TOP - 1, 24)
    row = _TOP
    for line in lines:
        points = VETO if line.points is None else line.points
        grid.row(row, (line.unit, points, line.reason, line.basis, line.period, ""))
        _unlock(grid, row, (line.unit, points, line.reason, line.basis, line.period))
        row += 1
    for cells in faulty:
        grid.row(row, cells)
        _unlock(grid, row, cells[:-1])
        sheet.write_string(row, 5, clean(cells[-1]), grid.look(row, 5, font_color=FAULT_INK))
        row += 1
    last = row + _SPARE - 1
    for spare in range(row, last + 1):
        grid.row(spare, ("",) * len(columns))
        _unlock(grid, spare, ("",) * 5)
    _lists(sheet, dictionary, units, last)
    sheet.freeze_panes(_TOP, 1)
    grid.finish(repeat=_TOP - 1)
    sheet.print_area(0, 0, max(row, _TOP + 5), len(columns) - 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    return sheet_summary.Lines(_TOP, last)


def _unlock(grid: Grid, row: int, values: Sequence[object]) -> None:
    for column, value in enumerate(values):
        form = {"num_format": "General"} if COLUMNS[column] == POINTS else {"num_format": "@"}
        look = grid.look(row, column, locked=False, bg_color=INPUT_FILL, **form)
        if value == "":
            grid.sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            grid.sheet.write_string(row, column, clean(value), look)
        else:
            grid.sheet.write_number(row, column, float(str(value)), look)


def _lists(sheet: Worksheet, dictionary: Worksheet, units: Sequence[str], last: int) -> None:
    """The units to choose from stand out of sight beside the scheme: a list in the rule itself may not be so long."""
    for row, unit in enumerate(units):
        dictionary.write_string(row, 9, unit)
    dictionary.set_column(9, 9, None, None, {"hidden": True})
    if units:
        rule = {
            "validate": "list",
            "source": f"={SCHEME_SHEET}!$J$1:$J${len(units)}",
            "error_type": "warning",
            "error_title": UNIT,
            "error_message": "单位名录里没有这个单位，请从下拉列表中选",
        }
        sheet.data_validation(_TOP, 0, last, 0, rule)
    sheet.data_validation(
        _TOP,
        1,
        last,
        1,
        {
            "validate": "any",
            "input_title": POINTS,
            "input_message": f"加分写 2，减分写 -2，或写{VETO}",
        },
    )


def _write_scheme(sheet: Worksheet, styles: Styles, rules: Assessment, colours: tuple[str, ...]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 82)
    sheet.write_string(0, 0, "考核办法", styles.get(font_name=HEAD_FACE, font_size=16))
    sheet.set_row(0, 28)
    row = 1
    for head, lines in scheme(rules, colours):
        for place, text in enumerate(lines):
            sheet.write_string(row, 0, head if place == 0 else "", styles.cell(font_name=HEAD_FACE, align="center"))
            sheet.write_string(row, 1, clean(text), styles.cell(font_size=11))
            sheet.set_row(row, max(22.0, height_of(lines_needed(text, 82, 11.0), 11.0)))
            row += 1
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, row, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})
