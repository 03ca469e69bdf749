"""Columns moved, inserted, hidden, deleted, renamed; and the three places of the identity lost one by one."""

from __future__ import annotations

import re

from tests.ledger.corpus.hands import Hand, Making, Sent, repacked, saved, types
from tests.ledger.corpus.libreoffice import Saw

_NO_SHEET, _NO_KEY, _NO_PROPERTY = "delete-sheet:标识", "delete-column:14", "clear-properties:"


def progress_moved_to_the_front(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["move-column:9>0"])))


def status_moved_to_the_end(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(hand.filled(), "xls", ["move-column:7>14"])))


def columns_inserted(hand: Hand) -> Making:
    acts = ["insert-column:8", "type:I5=责任科室", "type:I6=信息科", "insert-column:0"]
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=acts)))


def columns_hidden(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["hide-column:1", "hide-column:6", "hide-column:8"])))


def role_column_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["delete-column:4"])))


def last_months_progress_column_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["delete-column:6"])))


def number_column_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["delete-column:0"])))


def number_and_key_columns_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=[_NO_KEY, "delete-column:0"])))


def headers_lightly_renamed(hand: Hand) -> Sent:
    named = types(A5="任务 编号", H5="完成 状态", J5="进展情况（必填）", K5="完成\n日期", N5="下一步措施")
    return Sent("台账.xlsx", hand.filled(named))


def hidden_sheet_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=[_NO_SHEET])))


def key_column_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=[_NO_KEY])))


def property_lost(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=[_NO_PROPERTY])))


def only_the_property_left(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=[_NO_SHEET, _NO_KEY])))


def only_the_key_column_left(hand: Hand) -> Making:
    return Sent("台账.ods", (yield Saw(hand.filled(), "ods", [_NO_SHEET, _NO_PROPERTY])))


def only_the_hidden_sheet_left(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(hand.filled(), "xls", [_NO_KEY, _NO_PROPERTY])))


def all_three_identities_lost(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=[_NO_SHEET, _NO_KEY, _NO_PROPERTY])))


def all_other_sheets_deleted(hand: Hand) -> Sent:
    book = hand.opened()
    for name in book.sheetnames[1:]:
        del book[name]
    return Sent("台账.xlsx", saved(book))


def hidden_sheet_shown_and_first(hand: Hand) -> Sent:
    book = hand.opened()
    book["标识"].sheet_state = "visible"
    book.move_sheet("标识", -2)
    return Sent("台账.xlsx", saved(book))


def very_hidden_by_a_tidy_person(hand: Hand) -> Sent:
    def hide(xml: str) -> str:
        return re.sub(r'(name="标识"[^>]*state=")hidden', r"\1veryHidden", xml)

    return Sent("台账.xlsx", repacked(hand.filled(), {"xl/workbook.xml": hide}))
