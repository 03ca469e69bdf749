"""What a unit finds when it opens its workbook."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from flows.ledger import layout
from flows.ledger.model import Report, Status
from flows.ledger.press import Press
from flows.ledger.text import ROW_LIMIT, clean, height_of, lines_needed
from flows.ledger.writer import ledger_file_name, render, write_ledger
from flows.periods import Period
from flows.problems import UserError
from tests.ledger.samples import DONE, MOVING, SECRET, UNIT, ledger, opened, row, row_of

HEADERS = [
    "任务编号",
    "任务大类",
    "任务事项",
    "具体要求",
    "承担角色",
    "完成时限",
    "上期进展",
    "完成状态",
    "完成进度",
    "进展情况",
    "完成日期",
    "佐证材料",
    "存在问题",
    "下步措施",
]
INPUTS = HEADERS[7:]


def sheet_of(*rows: object, **more: object) -> object:
    return opened(render(replace(ledger(*rows), **more), SECRET))["工作台账"]  # type: ignore[arg-type]


def test_the_header_row_holds_exactly_the_fourteen_words_of_the_contract() -> None:
    sheet = sheet_of()
    assert [cell.value for cell in sheet[5] if cell.value is not None] == HEADERS
    assert sheet["O5"].value is None
    assert list(layout.HEADERS) == HEADERS
    assert list(layout.INPUTS) == INPUTS


def test_beside_each_label_stands_its_value() -> None:
    sheet = sheet_of(filler="张三", phone="0700-0000000")
    beside = {
        cell.value: sheet.cell(cell.row, cell.column + 1).value
        for line in sheet.iter_rows(max_row=4)
        for cell in line
        if cell.value in layout.LABELS
    }
    assert beside == {
        "填报单位": UNIT,
        "期次": "2026年10月",
        "报送截止": "2026-10-25",
        "填报人": "张三",
        "联系电话": "0700-0000000",
    }


def test_the_title_names_plan_and_month() -> None:
    assert sheet_of()["A1"].value == "2026年云川市政务公开工作要点 工作台账（2026年10月）"


def test_a_unit_can_write_into_the_input_cells_and_nowhere_else() -> None:
    sheet = sheet_of()
    assert sheet.protection.sheet
    assert not sheet.protection.password
    open_cells = {cell.coordinate for line in sheet.iter_rows() for cell in line if not cell.protection.locked}
    wanted = {f"{column}{number}" for column in "HIJKLMN" for number in (6, 7, 8)} | {"D3", "G3"}
    assert open_cells == wanted
    assert {sheet[cell].fill.fgColor.rgb for cell in open_cells} == {"FFFFF8DC"}
    assert sheet["D6"].fill.fill_type is None


def test_last_months_answer_is_already_there() -> None:
    sheet = sheet_of()
    line = row_of(sheet, "2.2")
    values = {header: sheet.cell(line, place + 1).value for header, place in layout.INDEX.items()}
    assert values["上期进展"] == "〔2026-09〕推进中，60%\n已完成前期调研"
    assert [values[header] for header in INPUTS] == [
        "推进中",
        0.6,
        "已完成前期调研",
        None,
        "调研报告",
        "部门数据口径不一",
        "下月召开协调会",
    ]
    assert sheet.cell(row_of(sheet, "1"), layout.INDEX["完成日期"] + 1).value.date() == date(2026, 9, 12)


def test_what_is_finished_goes_to_the_end_and_the_rest_keeps_the_plans_order() -> None:
    exempt = Report(Status.EXEMPT)
    rows = (row("1", "甲", DONE), row("2", "乙", exempt), row("3", "丙"), row("4", "丁", DONE), row("5", "戊", MOVING))
    sheet = sheet_of(*rows)
    assert [sheet.cell(number, 1).value for number in range(6, 11)] == ["3", "5", "2", "1", "4"]


def test_status_percent_and_date_are_checked_while_typing_with_chinese_words() -> None:
    found = {str(rule.sqref): rule for rule in sheet_of().data_validations.dataValidation}
    status, percent, day = found["H6:H8"], found["I6:I8"], found["K6:K8"]
    assert status.type == "list"
    assert status.formula1 == '"未启动,推进中,已完成,需协调,不涉及"'
    assert percent.type == "custom"
    assert "0 到 100 的整数" in percent.error
    assert day.type == "date"
    assert day.errorStyle == "information", "a date in words must not be refused"


def test_texts_that_look_like_formulas_links_or_numbers_stay_texts() -> None:
    nasty = '=HYPERLINK("http://evil.example","点我")'
    report = Report(Status.MOVING, None, nasty, None, "https://www.example.example/a", "007", "@SUM(A1)")
    sheet = sheet_of(row("1.10", "=1+1", report))
    assert {cell.data_type for cell in sheet[6] if cell.value is not None} == {"s"}
    assert (sheet["A6"].value, sheet["D6"].value, sheet["J6"].value, sheet["M6"].value) == (
        "1.10",
        "=1+1",
        nasty,
        "007",
    )
    assert sheet["L6"].hyperlink is None


def test_characters_that_excel_cannot_hold_are_left_out() -> None:
    report = Report(Status.MOVING, None, "第一行\r\n第二\x0b行\x00\ud800")
    assert sheet_of(row("1", "要求", report))["J6"].value == "第一行\n第二行"
    assert clean("𠮷" * 40_000).endswith("……")
    assert len(clean("𠮷" * 40_000).encode("utf-16-le")) <= 2 * 32_767


def test_the_same_ledger_gives_the_same_bytes() -> None:
    assert render(ledger(), SECRET) == render(ledger(), SECRET)


def test_every_row_is_high_enough_for_its_longest_cell() -> None:
    for length in (10, 300, 1_000, 3_000):
        text = "推进政务公开，" * (length // 7)
        sheet = sheet_of(row("1", text))
        width = sheet.column_dimensions["D"].width - 5 / 7  # Excel stores the padding with the width
        size = sheet["D6"].font.size
        height = sheet.row_dimensions[6].height
        assert height <= ROW_LIMIT
        assert height >= min(height_of(lines_needed(text, width, size), size), ROW_LIMIT) - 1
        assert lines_needed(text, width, size) * size * 1.3 <= ROW_LIMIT, "the whole text fits"


def test_it_prints_on_landscape_a4_one_page_wide_with_the_header_on_each_page() -> None:
    sheet = sheet_of()
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, int(sheet.page_setup.fitToHeight)) == (
        1,
        0,
    ) or sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$5:$5"
    assert "&P" in sheet.oddFooter.center.text
    assert sheet.freeze_panes == "D6"


def test_identity_travels_in_hidden_sheet_property_and_key_column() -> None:
    data = render(ledger(), SECRET)
    book = opened(data)
    assert book.sheetnames == ["工作台账", "填报说明", "标识"]
    assert book["标识"].sheet_state == "hidden"
    assert book["标识"]["A1"].value.startswith("tzs1;要点;2026-10;1;")
    assert book.custom_doc_props["taizhang"].value == book["标识"]["A1"].value
    assert book["工作台账"].column_dimensions["O"].hidden
    assert book["工作台账"]["O6"].value.startswith("tzr1;要点;2026-10;1;2.1;")


def test_the_guide_tells_deadline_contact_and_each_status() -> None:
    words = " ".join(
        str(cell.value) for line in opened(render(ledger(), SECRET))["填报说明"] for cell in line if cell.value
    )
    for wanted in ("2026年10月25日", "周同志", "第五步", *layout.STATUSES):
        assert wanted in words


def test_a_sentence_above_the_table_tells_what_is_still_missing() -> None:
    with zipfile.ZipFile(BytesIO(render(ledger(), SECRET))) as parts:
        assert "还有 1 项未选完成状态" in parts.read("xl/worksheets/sheet1.xml").decode()
    full = replace(ledger(row("1", "甲", DONE)), filler="张三")
    with zipfile.ZipFile(BytesIO(render(full, SECRET))) as parts:
        assert "<v>已填齐，可以报送</v>" in parts.read("xl/worksheets/sheet1.xml").decode()


def test_an_open_file_is_told_in_one_sentence_and_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "used by another process")  # what Windows answers while Excel holds the file

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UserError, match="正在被打开") as caught:
        write_ledger(ledger(), path, Press(SECRET))
    assert "请关闭后再运行" in caught.value.sentence
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("unit", "index"),
    [
        ("临湖区人民政府", 3),
        ('云川市"一体化"办公室/数据<中心>', 12),
        ("云川市" + "经济社会发展综合协调服务" * 6 + "中心", 4999),
        ("A:B|C?*", 1),
    ],
)
def test_file_names_are_short_and_legal_on_windows(unit: str, index: int) -> None:
    for period in ("2026-10", Period(2026, 10)):
        name = ledger_file_name(unit, index, period)
        assert len(name) < 60
        assert not set(name) & set('<>:"/\\|?*')
        assert name.endswith("2026-10.xlsx")
    assert unit not in {"临湖区人民政府"} or unit in name


def test_the_date_of_creation_is_that_of_the_period() -> None:
    assert opened(render(ledger(), SECRET)).properties.created.date() == date(2026, 10, 1)


def test_a_task_whose_day_has_come_says_so_where_last_months_text_stands() -> None:
    sheet = sheet_of(row("1", "甲", MOVING, due=True), row("2", "乙", DONE, due=True), row("3", "丙", due=True))
    texts = [sheet.cell(number, 7).value for number in (6, 7, 8)]  # type: ignore[attr-defined]
    assert texts[0] == "〔2026-09，本期须写新进展〕推进中，60%\n已完成前期调研"
    assert "本期须写新进展" not in f"{texts[1]}{texts[2]}", "nothing to renew"


def test_the_guide_and_the_band_tell_when_new_text_is_needed() -> None:
    book = opened(render(ledger(), SECRET))
    words = " ".join(str(cell.value) for line in book["填报说明"] for cell in line if cell.value)
    assert "改了完成状态的，和“上期进展”里标着“本期须写新进展”的" in words
    assert "本期须写新进展" in book["工作台账"]["H4"].value


def test_the_sentence_counts_texts_of_last_month_before_anything_recalculates() -> None:
    book = replace(ledger(row("1", "甲", MOVING, due=True)), filler="张三")
    with zipfile.ZipFile(BytesIO(render(book, SECRET))) as parts:
        assert "<v>还有 1 项进展情况还是上期的</v>" in parts.read("xl/worksheets/sheet1.xml").decode()


def test_sorting_by_the_filter_takes_the_hidden_keys_along() -> None:
    assert sheet_of().auto_filter.ref == "A5:O8"  # type: ignore[attr-defined]
