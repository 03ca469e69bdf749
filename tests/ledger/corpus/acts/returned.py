"""Answers that lack something or say what cannot be: they go back, and what is right in them is held."""

from __future__ import annotations

from datetime import date

from openpyxl import Workbook

from flows.ledger.model import Report, Status
from tests.ledger.corpus.hands import (
    SHEET1,
    Hand,
    Making,
    Sent,
    formulas,
    grid,
    repacked,
    saved,
    shown,
    types,
    with_cell,
    word,
    write,
)
from tests.ledger.corpus.libreoffice import Saw


def status_missing(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H8=None)))


def every_status_missing(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(**{f"H{number}": None for number in range(6, 12)})))


def status_unknown(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H8="差不多了")))


def status_not_certain(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H7="基本完成")))


def done_without_date(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(K7=None)))


def date_that_does_not_exist(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(K7="2026年9月31日")))


def date_in_the_future(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(K7=date(2099, 10, 8))))


def date_of_another_century(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(K7="1926-10-08")))


def date_without_a_day(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(K7="2026年9月")))


def date_that_is_none(hand: Hand) -> Making:
    data = hand.filled(types(K7="培训当天"))
    return Sent("台账.ods", (yield Saw(data, "ods")))


def percentage_above_hundred(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6=180)))


def percentage_below_nothing(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6="-5%")))


def percentage_in_vague_words(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6="过半")))


def percentage_from_to(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6="70-80%")))


def progress_empty(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6=None)))


def progress_says_nothing(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6="无")))


def same_as_last_month_though_the_status_changed(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J10="已解读政策3件")))


def same_as_last_month_though_the_day_has_come(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H7="推进中", I7=0.3, J7="正在筹备培训", K7=None, L7=None)))


def only_a_full_stop_added_though_the_day_has_come(hand: Hand) -> Making:
    data = hand.filled(types(H7="推进中", I7=0.3, J7=" 正在筹备 培训。", K7=None, L7=None))
    return Sent("台账.xls", (yield Saw(data, "xls")))


def sent_back_untouched(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.blank())


def help_wanted_without_saying_what_for(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(M10=None)))


def number_that_nobody_issued(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(A12="9.9", H12="推进中", J12="有进展")))


def answer_without_number_or_text(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H12="推进中", J12="有进展")))


def number_of_another_row(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(A8="4")))


def numbers_of_two_rows_swapped(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(A8="3.10", A9="3.2")))


def filler_missing(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(D3=None)))


def filler_a_blank(hand: Hand) -> Making:
    return Sent("台账.csv", (yield Saw(hand.filled(types(D3=" ")), "csv")))


def heading_cut_off(hand: Hand) -> Sent:
    book = Workbook()
    for row in grid(hand.opened().worksheets[0])[4:]:
        book.worksheets[0].append(row)
    return Sent("台账.xlsx", saved(book))


def row_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["delete-row:7"])))


def one_task_answered_twice(hand: Hand) -> Sent:
    twice = types(A12="3.2", D12="把培训课件放到门户网站。", H12="推进中", I12=0.9, J12="课件已上传")
    return Sent("台账.xlsx", hand.filled(twice))


def two_copies_that_differ(hand: Hand) -> Sent:
    book = hand.opened()
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = "工作台账 (2)"
    copy["J6"].value = "四季度目录正在调整"
    return Sent("台账.xlsx", saved(book))


def numbers_left_behind_when_sorting(hand: Hand) -> Making:
    """Sorted without the first column: number and hidden key stay, text and answer move."""
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["sort:2>B6:N11"])))


def formula_without_a_result(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(formulas(J6='="新增"&12&"项"')))


def error_value(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["formula:J6==1/0"])))


def error_value_of_a_broken_reference(hand: Hand) -> Sent:
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: with_cell("J8", "<v>#REF!</v>", "e")}))


def every_percentage_a_hundred_times_too_large(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6=7500, I7=10000, I8=2000, I9=1000, I10=6000, I11=10000)))


def pasted_one_column_too_far_right(hand: Hand) -> Sent:
    book = hand.opened()
    sheet = book.worksheets[0]
    for number in range(6, 12):
        values = [sheet.cell(number, column).value for column in range(8, 14)]
        for column, value in enumerate([None, *values], start=8):
            sheet.cell(number, column).value = value
    return Sent("台账.xlsx", saved(book))


def filler_deleted_with_the_requirement_column(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["delete-column:3"])))


def status_column_deleted(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["delete-column:7"])))


def several_faults_at_once(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H6=None, I7="过半", K11="2026-02-30", M10=None)))


def faults_in_a_word_table(hand: Hand) -> Sent:
    rows = shown(grid(hand.opened().worksheets[0]))
    rows[7][7] = "差不多了"
    return Sent("台账.docx", word([], rows))


def overdue_answer_of_another_kind(hand: Hand) -> Sent:
    """Still not begun although the day has come: a fact, no fault; but a date that makes no sense beside it is one."""
    book = hand.opened()
    write(book.worksheets[0], {"3.1": Report(Status.IDLE)})
    book.worksheets[0]["K7"].value = "2026-13-40"
    return Sent("台账.xlsx", saved(book))
