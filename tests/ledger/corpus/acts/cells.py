"""What stands in the cells: people's own words, dates and percentages in every way, and what programs put there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.ledger.corpus.hands import (
    OCTOBER,
    SHEET1,
    Hand,
    Making,
    Sent,
    grid,
    repacked,
    saved,
    swapped,
    types,
    with_cell,
    write,
)
from tests.ledger.corpus.libreoffice import Saw


def statuses_in_other_words(hand: Hand) -> Sent:
    return Sent(
        "台账.xlsx", hand.filled(types(H6="正在推进", H7="√", H8="进行中", H9="未开始", H10="需要协调", H11="完成"))
    )


def statuses_in_still_other_words(hand: Hand) -> Sent:
    words = types(H6="有序推进中。", H7="100%", H8="已启动", H9="尚未启动", H10="　需协调 ", H11="已完成（3月18日）")
    return Sent("台账.xlsx", hand.filled(words))


def a_task_that_does_not_concern_the_unit(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(H9="不涉及本单位", J9="本单位无此职责")))


def dates_in_words(hand: Hand) -> Sent:
    return Sent("台账.xlsx", _done_on(hand, "2026年10月8日", "2026.10.8", "2026/10/8", "10月8日", "二〇二六年十月八日"))


def dates_in_other_words(hand: Hand) -> Sent:
    days = ("26.10.8", "20261008", "2026-10-08 00:00:00", "２０２６年１０月８日", "10.8")
    return Sent("台账.xlsx", _done_on(hand, *days))


def dates_in_still_other_words(hand: Hand) -> Sent:
    return Sent("台账.xlsx", _done_on(hand, "10/8", "2026、10、8", "10月8日完成", "今年10月8日", "2026年10月08号"))


def dates_as_serial_numbers(hand: Hand) -> Sent:
    def plain(sheet: Any) -> None:
        for number in range(6, 11):
            sheet.cell(number, 11).number_format = "General"

    return Sent("台账.xlsx", _done_on(hand, 46303, 46303.5, "46303", 46303, 46303, also=plain))


def book_of_1904(hand: Hand) -> Sent:
    return Sent("台账.xlsx", _of_1904(hand))


def book_of_1904_as_xls(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(_of_1904(hand), "xls")))


def book_of_1904_as_ods(hand: Hand) -> Making:
    return Sent("台账.ods", (yield Saw(_of_1904(hand), "ods")))


def percentages_in_every_way(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6="75%", I7="100", I8=20, I10="百分之六十", I11=100)))


def percentages_in_other_ways(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(I6="７５％", I7="100.0%", I8="约20%", I10="0.6", I11="100 %")))


def full_width_digits(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(A7="３.１", A10="４", I6="７５", K7="２０２６－１０－８")))


def numbers_turned_into_numbers(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(A6=2, A7=3.1, A8=3.2, A9=3.1, A10=4, A11=1)))


def numbers_turned_into_numbers_without_keys(hand: Hand) -> Making:
    data = hand.filled(types(A6=2, A7=3.1, A8=3.2, A9=3.1, A10=4, A11=1))
    return Sent("台账.xlsx", (yield Saw(data, acts=["delete-column:14"])))


def progress_merged_over_two_rows(hand: Hand) -> Making:
    data = hand.filled(types(J6="两项一并推进", H7="推进中", I7=0.75, J7=None, K7=None, L7=None))
    return Sent("台账.xlsx", (yield Saw(data, acts=["merge:J6:J7"])))


def several_columns_merged_over_rows(hand: Hand) -> Making:
    data = hand.filled(types(H6="推进中", J6="合并填写", H7=None, J7=None, I7=None, K7=None, L7=None))
    return Sent("台账.xls", (yield Saw(data, "xls", ["merge:H6:H7", "merge:J6:J7"])))


def formulas_with_results(hand: Hand) -> Making:
    acts = ['formula:J6=="三季度目录已调整，新增"&(7+5)&"项"', "formula:I6==3/4", "formula:K7==DATE(2026;10;8)"]
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=acts)))


def rich_text(hand: Hand) -> Sent:
    runs = (
        "<is><r><t>三季度目录</t></r><r><rPr><b/><color rgb='FFFF0000'/></rPr><t>已调整</t></r>"
        '<r><t xml:space="preserve">，新增12项</t></r></is>'
    )
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: with_cell("J6", runs, "inlineStr")}))


def phonetic_text(hand: Hand) -> Sent:
    runs = (
        "<is><t>三季度目录已调整，新增12项</t><rPh sb='0' eb='3'><t>サンシハンキ</t></rPh><phoneticPr fontId='1'/></is>"
    )
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: with_cell("J6", runs, "inlineStr")}))


def carriage_returns_escaped(hand: Hand) -> Sent:
    text = '<is><t xml:space="preserve">第一行_x000D_\n第二行_x000D_\n </t></is>'
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: with_cell("J6", text, "inlineStr")}))


def control_characters(hand: Hand) -> Sent:
    text = "<is><t>三季度目录_x000B_已调整_x0007_，新增12项</t></is>"
    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: with_cell("J6", text, "inlineStr")}))


def emoji_and_rare_characters(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(J6="😀👨‍👩‍👧 𠮷野家、㐂、喆、镕、𫍽 A&B <已办>")))


def emoji_and_rare_characters_as_xls(hand: Hand) -> Making:
    data = hand.filled(types(J6="😀👨‍👩‍👧 𠮷野家、㐂、喆、镕、𫍽 A&B <已办>"))
    return Sent("台账.xls", (yield Saw(data, "xls")))


def rare_characters_in_a_gbk_web_page(hand: Hand) -> Making:
    page = yield Saw(hand.filled(types(J6="喆、镕、㐂 A&B <已办>")), "html")
    return Sent("台账.xls", page.decode().replace("charset=utf-8", "charset=gb2312").encode("gb18030"))


def wps_dimension_of_one_cell(hand: Hand) -> Sent:
    def one(xml: str) -> str:
        return re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', xml)

    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: one}))


def wps_empty_fill(hand: Hand) -> Sent:
    def empty(xml: str) -> str:
        return re.sub(r"<fill>.*?</fill>", "<fill/>", xml, count=1, flags=re.S)

    return Sent("台账.xlsx", repacked(hand.filled(), {"xl/styles.xml": empty}))


def wps_picture_in_a_cell(hand: Hand) -> Sent:
    return Sent("台账.xlsx", _with_wps_picture(hand.filled(), "L8"))


def picture_over_the_cells(hand: Hand) -> Sent:
    def put(sheet: Any) -> None:
        sheet.add_image(Image(io.BytesIO(_PNG)), "L8")

    return Sent("台账.xlsx", hand.filled(put))


def text_box(hand: Hand) -> Sent:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("工作台账")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(grid(hand.opened().worksheets[0])):
            for column, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None and not str(value).startswith("="):
                    sheet.write(number, column, value)
        sheet.insert_textbox(12, 3, "情况说明：因机构改革，数据口径有变化")
    return Sent("台账.xlsx", stream.getvalue())


def comments_of_colleagues(hand: Hand) -> Sent:
    def note(sheet: Any) -> None:
        sheet["J6"].comment = Comment("请再核一下数字", "李科")

    return Sent("台账.xlsx", hand.filled(note))


def link_on_a_text(hand: Hand) -> Sent:
    def link(sheet: Any) -> None:
        sheet["L7"].hyperlink = "https://www.unit.example/zwgk/1008.html"
        sheet["L7"].value = "培训签到表"

    return Sent("台账.xlsx", hand.filled(link))


def blanks_round_everything(hand: Hand) -> Sent:
    acts = types(A6=" 2 ", H6=" 推进中\n", J6="\n 三季度目录已调整，新增12项 \n", D3=" 王敏 ")
    return Sent("台账.xlsx", hand.filled(acts))


def nothing_written_as_wu(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(K6="无", I9="/", K9="—")))


def evidence_typed_as_a_number_and_a_date(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(L7=20261008, L6=date(2026, 10, 8))))


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def _done_on(hand: Hand, *days: object, also: Callable[[Any], None] = lambda _sheet: None) -> bytes:
    """The first five tasks done, the day written in these ways."""
    acts = {f"K{number}": day for number, day in zip(range(6, 11), days, strict=True)}
    texts = {f"H{number}": "已完成" for number in range(6, 11)} | {f"I{number}": 1 for number in range(6, 11)}
    return hand.filled(types(**acts, **texts, J9="名单已公开", M10=None, N10=None), also)


def _of_1904(hand: Hand) -> bytes:
    book = hand.opened({})
    book.epoch = CALENDAR_MAC_1904
    write(book.worksheets[0], OCTOBER)
    return saved(book)


def _with_wps_picture(data: bytes, cell: str) -> bytes:
    drawn = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<etc:cellImages '
        'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage><xdr:pic><xdr:nvPicPr>'
        '<xdr:cNvPr id="2" name="ID_6F1D2A0C4B5E4E0F9A77" descr="签到表"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
        '<a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr/></xdr:pic>'
        "</etc:cellImage></etc:cellImages>"
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{space}"><Relationship Id="rId1" '
        'Type="http://'
        'schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        'Target="media/image1.png"/></Relationships>'
    )
    formula = '_xlfn.DISPIMG("ID_6F1D2A0C4B5E4E0F9A77",1)'.replace('"', "&quot;")
    return repacked(
        data,
        {
            SHEET1: with_cell(cell, f"<f>{formula}</f><v>={formula}</v>", "str"),
            "xl/_rels/workbook.xml.rels": swapped(
                "</Relationships>",
                '<Relationship Id="rId99" Type="http://www.wps.cn/officeDocument/2020/cellImage" '
                'Target="cellimages.xml"/></Relationships>',
            ),
            "[Content_Types].xml": swapped(
                "</Types>",
                '<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/cellimages.xml" '
                'ContentType="application/vnd.wps-officedocument.cellimage+xml"/></Types>',
            ),
        },
        {
            "xl/cellimages.xml": drawn.encode(),
            "xl/_rels/cellimages.xml.rels": relation.encode(),
            "xl/media/image1.png": _PNG,
        },
    )
