"""A returned file, judged: accepted, returned for correction with every fault named, or quarantined with a reason.

Whose file it is decides :mod:`origin`, which task a row is about :mod:`matching`, what a row says :mod:`row_checks`,
which of several rows counts :mod:`copies`; what is wrong with the whole is found in :mod:`sheet_checks` and
:mod:`strays`. Here the outcomes are put in order: root causes first.
"""

from __future__ import annotations

from datetime import date

from flows.ledger import layout, sheet_checks, strays
from flows.ledger.gather import gather, terms_of
from flows.ledger.many_rows import doubted_years, problems_of
from flows.ledger.model import Entry, Identity, Returned
from flows.ledger.origin import Expectation, Origin, find_origin
from flows.ledger.places import join_rows
from flows.ledger.reader import RawWorkbook, read_returned
from flows.ledger.values import read_text, short, squeeze

__all__ = ["Expectation", "check_returned"]


def check_returned(data: bytes, name: str, expected: Expectation, secret: bytes, received: date) -> Returned:
    """Read and judge one returned file. ``received`` is the day it came: no completion date may lie after it.

    Never raises for what people send: whatever cannot be read is quarantined with a reason.
    """
    raw = read_returned(data, name)
    if raw.reason:
        return Returned(reason=raw.reason)
    origin = find_origin(raw, expected, secret)
    if origin.reason or origin.identity is None:
        return Returned(origin.identity, reason=origin.reason, warnings=origin.warnings, elsewhere=origin.elsewhere)
    return _judge(raw, origin, origin.identity, expected, name, received)


def _judge(
    raw: RawWorkbook, origin: Origin, identity: Identity, expected: Expectation, name: str, received: date
) -> Returned:
    terms = terms_of(identity, expected, received)
    filler, phone = _label(raw, layout.FILLER), _label(raw, layout.PHONE)
    problems, without = sheet_checks.lacking_columns(raw, name)
    problems += sheet_checks.lacking_filler(raw, filler, name)
    file = gather(raw, origin, terms, name)
    rows, unmatched = file.rows, file.unmatched
    problems += sheet_checks.slipped_rows(rows, unmatched, terms, name)
    problems += sheet_checks.slipped_columns(rows, name)
    problems += sheet_checks.blank_sheet(rows, name)
    sheet_checks.misplaced_texts(rows, terms.previous)
    rows = doubted_years(rows)
    present = {row.no for row in rows}.union(*(match.about for _, _, match in unmatched))
    missing = [no for no in terms.issued if no not in present]
    others = strays.told(unmatched, missing, name)
    problems += [*others.problems, *file.problems, *sheet_checks.lacking_rows(raw, missing, name)]
    problems += problems_of(rows, name, terms.period)
    warnings = [*origin.warnings, *raw.remarks, *file.warnings, *without, *others.warnings, *_outside(raw)]
    for row in rows:
        warnings += row.remarks
    return Returned(
        identity=identity,
        entries=tuple(Entry(row.no, row.report, row.table.sheet, row.raw.row) for row in rows if row.report),
        problems=tuple(problems),
        warnings=tuple(warnings),
        filler=filler,
        phone=phone,
        proposals=others.proposals,
        pictures=raw.pictures,
    )


def _label(raw: RawWorkbook, word: str) -> str:
    label = raw.labels.get(word)
    return read_text(label.value) if label else ""


def _outside(raw: RawWorkbook) -> list[str]:
    """Texts in columns of the unit's own: nobody counts them, so the clerk is told that they are there."""
    lines = [(row.row, row.others) for table in raw.tables for row in table.rows if row.values and row.others]
    text = next((read_text(text) for _, texts in lines for text in texts if squeeze(text)), "")
    if not text:
        return []
    return [f"第 {join_rows(row for row, _ in lines)} 行在台账以外的列里还有内容，未计入：{short(text)}"]
