"""The office's columns of 总台账: where it rules on each row, prefilled with what stands; the rest is locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger.layout import STATUSES
from flows.ledger.styles import FAULT_INK, Styles
from flows.periods import CHINA, spoken
from flows.progress import Cell, Snapshot

RULED: Final = "核定状态"
OPINION: Final = "核定意见"
CLOSED: Final = "销号"
EXTENDED: Final = "延期至"
REASON: Final = "延期理由"
NOTE: Final = "办公室备注"
STATE: Final = "核定情况"

OFFICE_COLUMNS: Final = ((RULED, 9), (OPINION, 18), (CLOSED, 6), (EXTENDED, 11.5), (REASON, 16), (NOTE, 16))
"""Header and width of what the office fills in."""
OFFICE: Final = tuple(word for word, _ in OFFICE_COLUMNS)
STATE_COLUMN: Final = (STATE, 15)
YES: Final = "是"
OVERTAKEN: Final = "核定后单位又有新报"

_LOCKS: Final = {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}


def ruling_fields(cell: Cell) -> tuple[str | date | None, ...]:
    """The office's columns and 核定情况 of a row, as they stand."""
    ruling = cell.ruling
    return (
        ruling.status.value if ruling.status else "",
        ruling.opinion,
        YES if ruling.closed else "",
        ruling.extended,
        ruling.reason,
        ruling.note,
        state_words(cell),
    )


def state_words(cell: Cell) -> str:
    """核定情况: when the office ruled, and whether it should look again."""
    if cell.review is None:
        return ""
    day = f"{spoken(cell.review.at.astimezone(CHINA).date())}核定"
    return f"{day}\n{OVERTAKEN}" if cell.review.overtaken else day


def add_office(sheet: Worksheet, styles: Styles, headers: Sequence[str], snapshot: Snapshot) -> None:
    """Lists, hints and locks of the sheet whose rows are the snapshot's cells, from row 1 on; their keys are hidden."""
    place = {word: headers.index(word) for word in (*OFFICE, STATE)}
    sheet.set_column(len(headers), len(headers), 9, None, {"hidden": True})
    last = max(len(snapshot.cells), 1)

    def rule(word: str, **options: object) -> None:
        sheet.data_validation(1, place[word], last, place[word], options | {"error_title": word})

    rule(
        RULED,
        validate="list",
        source=list(STATUSES),
        input_title=RULED,
        input_message="与单位报的不一致时才填；空着就按单位报的算",
        error_message="请从下拉列表中选，或者空着",
    )
    rule(
        CLOSED,
        validate="list",
        source=[YES],
        input_title=CLOSED,
        input_message="填“是”：已经办结，以后不再下发这一项",
        error_message="填“是”，或者空着",
    )
    rule(
        EXTENDED,
        validate="date",
        criteria=">",
        value=date(2000, 1, 1),
        error_type="information",
        input_title=EXTENDED,
        input_message="新的完成日期，如 2026-12-31；同时写明延期理由",
        error_message="请写成 2026-12-31 这样的日期",
    )
    alert = {
        "type": "text",
        "criteria": "containing",
        "value": OVERTAKEN,
        "format": styles.differential(font_color=FAULT_INK, bold=True),
    }
    sheet.conditional_format(1, place[STATE], last, place[STATE], alert)
    # No password: it would protect nothing and only annoy.
    sheet.protect("", _LOCKS)
