"""图例: what each light means here and how often it is on, the classes of 序时进度, who is exempt, how to read."""

from __future__ import annotations

from collections import Counter
from typing import Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger.master_table import light_look, print_set_up
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import clean, height_of, lines_needed
from flows.progress import Snapshot
from flows.standing.measured import exemption_notes, light_counts

_WIDTH: Final = 62.0
"""Of the column with the meanings, in characters."""
_READING: Final = (
    "来源：归档文件!表名!行号，可据此查到单位原件；taizhang trace 列出全部来历。",
    "期次：这条内容是哪一期报的；单位本期没有报的，沿用上一次报送的内容。",
    "任务按全部承担单位合并统计；单位任务按“任务×单位”统计。",
    "亮灯依据：这盏灯为什么亮，凭哪个时限、哪个状态。",
    "黄色的栏由办公室填：核定状态（与单位报的不一致时）、核定意见、销号、延期至和延期理由、办公室备注。",
    "填好保存，运行 taizhang review 读入；以后再生成，核定内容照旧保留。",
    "完成状态是单位报的，灯和统计按核定的算。",
)


def write_legend(sheet: Worksheet, styles: Styles, snapshot: Snapshot) -> None:
    """Fill the sheet."""
    sheet.hide_gridlines(2)
    for place, width in enumerate((9, _WIDTH, 9)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, "图例", styles.get(font_name=HEAD_FACE, font_size=16))
    sheet.set_row(0, 26)
    row = 2
    for place, word in enumerate(("灯", "含义", "项次")):
        sheet.write_string(row, place, word, styles.head())
    sheet.set_row(row, 24)
    number = styles.cell(align="center", font_size=11)
    for row, (sign, count) in enumerate(light_counts(snapshot), row + 1):  # noqa: B020 - goes on from the head
        sheet.write_string(row, 0, sign.word, light_look(styles, sign, 12))
        sheet.write_string(row, 1, clean(sign.meaning), styles.cell(font_size=11))
        sheet.write_number(row, 2, count, number)
        sheet.set_row(row, max(24, height_of(lines_needed(sign.meaning, _WIDTH, 11), 11)))
    row += 2
    if snapshot.schedule:
        row = _write_classes(sheet, styles, snapshot, row)
    for words in (*exemption_notes(snapshot), *_READING):
        text = clean(words)
        sheet.merge_range(row, 0, row, 2, text, styles.get(text_wrap=True))
        sheet.set_row(row, max(18, height_of(lines_needed(text, _WIDTH + 14, 10), 10)))
        row += 1
    print_set_up(sheet, None, portrait=True)


def _write_classes(sheet: Worksheet, styles: Styles, snapshot: Snapshot, row: int) -> int:
    """Items and unit × item of each class; returns the row below."""
    for place, word in enumerate(("序时进度", "任务（项）", "项次")):
        sheet.write_string(row, place, word, styles.head())
    sheet.set_row(row, 24)
    counts = dict(snapshot.schedule)
    cells = Counter(snapshot.lights.pace_word(cell.pace) for cell in snapshot.cells if cell.pace)
    number = styles.cell(align="center", font_size=11)
    for word in snapshot.lights.pace_words:
        if counts.get(word) or cells[word]:
            row += 1
            sheet.write_string(row, 0, word, number)
            sheet.write_number(row, 1, counts.get(word, 0), number)
            sheet.write_number(row, 2, cells[word], number)
            sheet.set_row(row, 20)
    return row + 2
