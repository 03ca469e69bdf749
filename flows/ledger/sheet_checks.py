"""The checks on a whole file: what is wrong once and would otherwise look wrong in every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.ledger import layout
from flows.ledger.dates import read_date
from flows.ledger.examined import Fault, Row, Terms, Unmatched
from flows.ledger.matching import is_remark
from flows.ledger.model import Report
from flows.ledger.percents import read_percent
from flows.ledger.places import join_cells, join_rows
from flows.ledger.reader import RawRow, RawWorkbook
from flows.ledger.statuses import CHOICES, read_status
from flows.ledger.values import is_nothing, read_text, same_text, short, shown, squeeze
from flows.problems import Problem

_NEEDED = (layout.STATUS, layout.PROGRESS, layout.DONE_ON)
_OPTIONAL = (layout.PERCENT, layout.EVIDENCE, layout.PROBLEM, layout.NEXT_STEP)


def lacking_columns(raw: RawWorkbook, file: str) -> tuple[list[Problem], list[str]]:
    """A missing column is the root of a fault on every row, so it is told once.

    A column that may be empty is only a warning, unless texts stand in a column that nobody knows: its header may have
    been changed, and they must not get lost.
    """
    problems, warnings = [], []
    for header in (*_NEEDED, *_OPTIONAL):
        table = next((table for table in raw.tables if header not in table.columns), None)
        if table is None:
            continue
        if header in _NEEDED or any(row.others for row in table.rows):
            cure = f"请把表头改回“{header}”，或在退回的台账上填报"
            message = f"缺少“{header}”这一列"
            problems.append(Problem(message, cure, None, table.sheet, file, header, ""))
        else:
            warnings.append(f"缺少“{header}”这一列，按没有填写计入")
    return problems, warnings


def lacking_filler(raw: RawWorkbook, filler: str, file: str) -> list[Problem]:
    """填报人 must be there."""
    label = raw.labels.get(layout.FILLER)
    cell, sheet = (label.cell or None, label.sheet) if label else (None, None)
    cure = "请写上填报人姓名" if cell else "请在表格上方写“填报人：”和姓名"
    if label and label.fault:
        message = f"填报人这一格是错误值 {short(label.fault)}"
        return [Problem(message, "请直接填写填报人姓名", cell, sheet, file, layout.FILLER, label.fault)]
    if not is_nothing(filler):
        return []
    return [Problem("没有写填报人", cure, cell, sheet, file, layout.FILLER, filler)]


def lacking_rows(raw: RawWorkbook, missing: Sequence[str], file: str) -> list[Problem]:
    """Tasks that were sent out and did not come back."""
    if not missing:
        return []
    sheet = raw.tables[0].sheet if raw.tables else None
    message = f"缺少任务 {'、'.join(missing)} 的行"
    return [Problem(message, "请在退回的台账中补填这几行", None, sheet, file, layout.NO, "")]


def blank_sheet(rows: list[Row], file: str) -> list[Problem]:
    """A sheet that nobody has filled in has one fault, not one a row. Takes those faults out of ``rows``."""
    unfilled = [row for row in rows if any(f.header == layout.STATUS and f.kind == "没有选" for f in row.faults)]
    if len(unfilled) < 3 or len(unfilled) < len(rows):
        return []
    _drop(rows, {row.no for row in rows}, {layout.STATUS})
    cells = join_cells(row.table.cell(row.raw.row, layout.STATUS) for row in unfilled)
    message = f"全部 {len(rows)} 项任务都没有选完成状态"
    cure = f"请逐项从下拉列表中选：{CHOICES}"
    return [Problem(message, cure, cells, unfilled[0].table.sheet, file, layout.STATUS, "")]


def slipped_columns(rows: list[Row], file: str) -> list[Problem]:
    """Inputs pasted one column beside their headers: statuses under 完成进度, or percentages under 完成状态."""
    found: list[Problem] = []
    if not any(isinstance(row.raw.value(layout.PERCENT), str) for row in rows):
        return found  # nearly every sheet: see `_beside`
    for sheet in dict.fromkeys(row.table.sheet for row in rows):
        filled = [row for row in rows if row.table.sheet == sheet and not row.is_empty]
        hit = [row for row in filled if _beside(row.raw)]
        if len(hit) < 3 or len(hit) < 0.8 * len(filled):
            continue
        _drop(rows, {row.no for row in hit}, set(layout.INPUTS))
        cells = join_cells(row.table.cell(row.raw.row, layout.STATUS) for row in hit)
        message = f"填写的内容整体错了一列（第 {join_rows(row.raw.row for row in hit)} 行），与表头对不上"
        cure = "请把内容移回各自的表头下，再报送"
        found.append(Problem(message, cure, cells, sheet, file, layout.STATUS, shown(hit[0].raw.value(layout.STATUS))))
    return found


def _beside(raw: RawRow) -> bool:
    """Whether a row's inputs stand one column beside their headers; then a text stands under 完成进度."""
    status, percent = raw.value(layout.STATUS), raw.value(layout.PERCENT)
    if isinstance(percent, str) and squeeze(percent) in layout.STATUSES:
        return read_status(status).value is None
    ratio = isinstance(status, int | float) and not isinstance(status, bool)
    return ratio and isinstance(percent, str) and len(percent) > 4


def slipped_rows(rows: list[Row], strays: list[Unmatched], terms: Terms, file: str) -> list[Problem]:
    """A column pasted one row too low: its first task was left out, and its last value stands under the table.

    Nobody can tell which values are whose, so no row of that table is taken. The stray row is no fault of its own.
    """
    found = []
    for stray in list(strays):
        table, raw, _ = stray
        ours = sorted((row for row in rows if row.table is table), key=lambda row: row.raw.row)
        if len(ours) < 2 or not 0 < raw.row - ours[-1].raw.row <= 2 or set(raw.values) - set(layout.INPUTS):
            continue
        moved = [header for header in raw.values if _slipped(header, raw, ours[0], terms)]
        if not moved:
            continue
        strays.remove(stray)
        _drop(rows, {row.no for row in ours}, set(moved))
        cells = join_cells(table.cell(row, moved[0]) for row in range(ours[0].raw.row, raw.row + 1))
        message = f"“{'、'.join(moved)}”像是整体下移了一行（表格下面多出一格内容）"
        cure = "请上移一行，逐项核对后再报送"
        found.append(Problem(message, cure, cells, table.sheet, file, moved[0], shown(raw.value(moved[0]))))
    return found


def _slipped(header: str, stray: RawRow, first: Row, terms: Terms) -> bool:
    """Whether the value under the table is one that slipped out of this column."""
    value, before = stray.value(header), terms.previous.get(first.no)
    if header == layout.STATUS:
        # A single column pasted over last month's leaves the first task as it was sent; an answer of several columns
        # without number is rather one row too many.
        alone = len(stray.values) == 1
        untouched = alone and before is not None and read_status(first.raw.value(header)).value is before.status
        return read_status(value).value is not None and (untouched or first.raw.value(header) == "")
    if is_remark(read_text(value)):
        return False
    if header == layout.PERCENT:
        return read_percent(value).value is not None and first.raw.value(header) == ""
    if header == layout.DONE_ON:
        return read_date(value, terms.period, terms.received).value is not None and first.raw.value(header) == ""
    return any(fault.header == header for fault in first.faults)


def misplaced_texts(rows: list[Row], previous: Mapping[str, Report]) -> None:
    """Last month's text of one task under another, while it is gone from its own: the column was sorted or shifted."""
    owner: dict[str, str] = {}
    for no, report in previous.items():
        text = squeeze(report.progress)
        if len(text) >= 6:
            owner[text] = "" if text in owner else no
    if not owner:
        return
    now = {row.no: squeeze(read_text(row.raw.value(layout.PROGRESS))) for row in rows}
    strangers: dict[str, str] = {}
    for no, text in now.items():
        of = owner.get(text, "")
        if of and of != no and of in now and not same_text(now[of], text):
            strangers[no] = of
    for place, row in enumerate(rows):
        if row.no not in strangers:
            continue
        message = f"的进展情况是任务 {strangers[row.no]} 上期的内容"
        if len(strangers) == 1:
            rows[place] = replace(row, remarks=(*row.remarks, f"任务 {row.no} {message}，请留意核对"))
        else:
            cure = "可能排序或粘贴时错了行，请核对后重填"
            rows[place] = row.blamed(Fault(layout.PROGRESS, "是别的任务上期的内容", message, cure))


def _drop(rows: list[Row], numbers: set[str], headers: set[str]) -> None:
    """Take the faults under these headers out of the rows, which keep no report: their cause is told elsewhere.

    Remarks go too: they speak of values that are not this row's.
    """
    for place, row in enumerate(rows):
        if row.no in numbers:
            left = tuple(fault for fault in row.faults if fault.header not in headers)
            rows[place] = replace(row, report=None, faults=left, remarks=())
