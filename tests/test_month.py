"""A whole month with four units and four tasks: what goes out, what comes back, what the office sees."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, Row, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    return made


def came(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 9, 30, tzinfo=CHINA)


def workbooks(office: Office, period: str = "2026-03") -> dict[str, Path]:
    result = office.json("distribute", "要点", "--period", period)
    return {book["unit"]: Path(book["file"]) for book in result["workbooks"]}


def unit_status(office: Office, unit: str, period: str = "2026-03") -> dict[str, Any]:
    return next(u for u in office.json("status", "要点", "--period", period)["units"] if u["unit"] == unit)


def cell_of(office: Office, unit: str, no: str, period: str = "2026-03") -> dict[str, Any]:
    items = office.json("status", "要点", "--period", period)["items"]
    return next(u for item in items if item["no"] == no for u in item["units"] if u["unit"] == unit)


def test_every_unit_gets_its_own_items_and_the_sum_is_the_expansion(office: Office) -> None:
    result = office.json("distribute", *MARCH)
    assert {book["unit"]: book["items"] for book in result["workbooks"]} == {
        "东山县人民政府": 2,
        "西河区人民政府": 2,
        "市数据局": 3,
        "市财政局": 1,
    }
    shown = office.json("show", "要点")
    assert sum(len(item["assigned"]) for item in shown["items"]) == 8
    assert all(book["sent"] for book in result["workbooks"])


def test_sending_again_writes_no_second_letter(office: Office) -> None:
    workbooks(office)
    letters = sorted((office.home / "ledgers/要点/2026-03/发件箱").iterdir())
    workbooks(office)
    assert sorted((office.home / "ledgers/要点/2026-03/发件箱").iterdir()) == letters
    assert len(letters) == 4


def test_no_send_keeps_letters_back_and_the_next_run_sends_them(office: Office) -> None:
    first = office.json("distribute", *MARCH, "--no-send")
    assert not any(book["sent"] for book in first["workbooks"])
    assert len(list((office.home / "ledgers/要点/2026-03/发件箱").glob("*.eml"))) == 4
    second = office.json("distribute", *MARCH)
    assert all(book["sent"] for book in second["workbooks"])
    assert len(list((office.home / "ledgers/要点/2026-03/发件箱").glob("*.eml"))) == 4


def test_a_right_sheet_is_merged_and_can_be_traced_to_its_cell(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "财政局.xlsx", moving("目录已更新两次。"), received=came(20))
    result = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert [(a["file"], a["unit"], a["entries"]) for a in result["accepted"]] == [("财政局.xlsx", "市财政局", 1)]
    cell = cell_of(office, "市财政局", "2")
    assert (cell["status"], cell["percent"], cell["progress"]) == ("推进中", 40, "目录已更新两次。")
    source = cell["source"]
    kept = office.home / "ledgers/要点" / source["file"]
    assert kept.read_bytes() == (tmp_path / "收" / "财政局.xlsx").read_bytes()
    sheet = load_workbook(kept)[source["sheet"]]
    assert sheet.cell(source["row"], 10).value == "目录已更新两次。"


def test_the_same_file_twice_changes_nothing(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "财政局.xlsx", moving(), received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    before = office.json("status", *MARCH)
    (tmp_path / "收" / "财政局 副本.xlsx").write_bytes((tmp_path / "收" / "财政局.xlsx").read_bytes())
    again = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert again["accepted"] == []
    assert len(again["duplicates"]) == 2
    assert office.json("status", *MARCH) == before


def test_a_later_sheet_replaces_an_earlier_one_and_both_stay_in_the_history(office: Office, tmp_path: Path) -> None:
    from flows.desk import open_desk
    from flows.periods import Period
    from flows.workspace import Home

    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "一" / "财政局.xlsx", moving("第一次。"), received=came(20))
    fill(books["市财政局"], tmp_path / "二" / "财政局.xlsx", moving("第二次。"), received=came(22))
    office.json("collect", *MARCH, "--from", tmp_path / "二")
    office.json("collect", *MARCH, "--from", tmp_path / "一")
    assert cell_of(office, "市财政局", "2")["progress"] == "第二次。"
    with open_desk(Home(office.home), "要点") as desk:
        versions = desk.history.versions(Period(2026, 3))["市财政局", "2"]
    assert [v.report.progress for v in versions] == ["第一次。", "第二次。"]


def test_a_faulty_sheet_goes_back_marked_and_its_right_rows_wait(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)

    def answer(row: Row) -> Row:
        if row["任务编号"] == "1":
            return {"完成状态": "已完成", "进展情况": "已公布。"}
        return {"完成状态": "推进中", "进展情况": "正在做。"}

    fill(books["市数据局"], tmp_path / "收" / "数据局.xlsx", answer, received=came(20))
    answered = office.run("collect", *MARCH, "--from", tmp_path / "收", "--json")
    assert answered.code == 1
    (entry,) = answered.json["returned"]
    assert entry["unit"] == "市数据局"
    (problem,) = entry["problems"]
    assert problem["cell"].startswith("K")
    assert "完成日期" in problem["message"]
    marked = load_workbook(entry["annotated"])["工作台账"]
    assert any(cell.comment and "完成日期" in cell.comment.text for row in marked.iter_rows() for cell in row)
    assert cell_of(office, "市数据局", "2")["status"] is None
    assert unit_status(office, "市数据局")["answer"] == "已退回未改"
    letters = [p for p in (office.home / "ledgers/要点/2026-03/发件箱").iterdir() if "退回" in p.name]
    assert len(letters) == 1


def test_the_corrected_sheet_is_merged_and_no_second_letter_leaves(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    wrong: Row = {"完成状态": "已完成", "进展情况": "已公布。"}
    fill(books["市财政局"], tmp_path / "收" / "一.xlsx", lambda _row: wrong, received=came(20))
    first = office.json("collect", *MARCH, "--from", tmp_path / "收")
    marked = Path(first["returned"][0]["annotated"])
    fill(marked, tmp_path / "收" / "二.xlsx", lambda _row: {"完成日期": date(2026, 3, 18)}, received=came(21))
    second = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert [entry["unit"] for entry in second["accepted"]] == ["市财政局"]
    assert cell_of(office, "市财政局", "2")["done_on"] == "2026-03-18"
    letters = [p for p in (office.home / "ledgers/要点/2026-03/发件箱").iterdir() if "退回" in p.name]
    assert len(letters) == 1


def test_what_cannot_be_read_waits_for_a_person_and_nobody_is_named_silent(office: Office, tmp_path: Path) -> None:
    workbooks(office)
    (tmp_path / "收").mkdir()
    (tmp_path / "收" / "市财政局台账.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "收" / "照片.jpg").write_bytes(b"\xff\xd8\xff")
    result = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert {entry["file"] for entry in result["quarantined"]} == {"市财政局台账.xlsx", "照片.jpg"}
    assert unit_status(office, "市财政局")["answer"] == "已收到待处理"
    reminded = office.json("remind", *MARCH)
    assert "市财政局" not in {entry["unit"] for entry in reminded["reminded"]}
    assert [entry["unit"] for entry in reminded["pending"]] == ["市财政局"]


def test_what_lay_in_quarantine_is_taken_in_once_the_cause_is_gone(office: Office, tmp_path: Path) -> None:
    """A sheet of a unit under a name nobody knew; the office adds the alias to its roster."""
    from tests.office import UNITS, roster_file

    books = workbooks(office)
    path = fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving("已更新。"), received=came(20))
    book = load_workbook(path)
    del book["标识"]
    sheet = book["工作台账"]
    sheet.delete_cols(15)
    for row in sheet.iter_rows(max_row=4):
        for cell in row:
            if cell.value == "市财政局":
                cell.value = "云川财政"
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]
    book.save(path)
    first = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert len(first["quarantined"]) == 1
    second = office.run("collect", *MARCH, "--from", tmp_path / "收", "--json")
    assert (second.code, second.json["quarantined"]) == (1, [])
    assert second.json["duplicates"][0]["waiting"]
    units = tuple((*u[:1], "云川财政", *u[2:]) if u[0] == "市财政局" else u for u in UNITS)
    roster_file(office.home / "ledgers" / "单位名录.xlsx", units)
    third = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert [entry["unit"] for entry in third["accepted"]] == ["市财政局"]
    assert cell_of(office, "市财政局", "2")["progress"] == "已更新。"
    fourth = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert (fourth["accepted"], len(fourth["duplicates"])) == ([], 1)


def test_the_letter_names_the_cell_that_the_attached_workbook_marks(tmp_path: Path) -> None:
    """Twelve tasks: sorted as text, 10 would stand before 2."""
    office = new_office(tmp_path)
    rows = "".join(f"{n}\t事项{n}\t做好第{n}件事。\t\t市财政局\t全年\n" for n in range(1, 13))
    office.adopt("云川市2026年任务分解表\n\n序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限\n" + rows)
    books = workbooks(office)

    def answer(row: Row) -> Row:
        return {"完成状态": "推进中", "进展情况": None if row["任务编号"] == "2" else "正在做。"}

    fill(books["市财政局"], tmp_path / "收" / "a.xlsx", answer, received=came(20))
    (entry,) = office.json("collect", *MARCH, "--from", tmp_path / "收")["returned"]
    (problem,) = entry["problems"]
    marked = load_workbook(entry["annotated"])["工作台账"]
    assert marked[f"A{problem['cell'][1:]}"].value == "2"
    assert marked[problem["cell"]].comment is not None


def test_papers_beside_a_sheet_in_one_mail_are_kept_with_it(office: Office, tmp_path: Path) -> None:
    from email import message_from_bytes, policy

    from tests.office import reply_mail

    books = workbooks(office)
    file = fill(books["市财政局"], tmp_path / "a.xlsx", moving(), received=came(20))
    mail = message_from_bytes(reply_mail("caizheng@unit.example", file, to="o@o.example"), policy=policy.SMTP)
    mail.add_attachment(b"\xff\xd8\xff photo", maintype="image", subtype="jpeg", filename="现场照片.jpg")
    (tmp_path / "收").mkdir()
    (tmp_path / "收" / "来信.eml").write_bytes(mail.as_bytes())
    result = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert result["quarantined"] == []
    assert "现场照片.jpg" in result["accepted"][0]["warnings"][-1]
    kept = [p.read_bytes() for p in (office.home / "ledgers/要点/2026-03/回收").iterdir()]
    assert b"\xff\xd8\xff photo" in kept


def test_a_reminder_goes_out_once_a_day_and_only_to_the_silent(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "财政局.xlsx", moving(), received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    first = office.json("remind", *MARCH)
    assert sorted(e["unit"] for e in first["reminded"]) == sorted(["东山县人民政府", "西河区人民政府", "市数据局"])
    office.json("remind", *MARCH)
    letters = [p for p in (office.home / "ledgers/要点/2026-03/发件箱").iterdir() if "催报" in p.name]
    assert len(letters) == 3


def test_next_month_shows_last_months_answer_and_puts_what_is_finished_last(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)

    def answer(row: Row) -> Row:
        if row["任务编号"] == "1":
            return {"完成状态": "已完成", "完成日期": date(2026, 3, 10), "进展情况": "目录已公布。"}
        return {"完成状态": "推进中", "完成进度": 0.3, "进展情况": "正在筹备。"}

    fill(books["市数据局"], tmp_path / "收" / "数据局.xlsx", answer, received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    april = load_workbook(workbooks(office, "2026-04")["市数据局"])["工作台账"]
    header = next(r for r in april.iter_rows() if any(c.value == "任务编号" for c in r))
    place = {c.value: c.column for c in header if c.value}
    rows = [
        [april.cell(n, place[w]).value for w in ("任务编号", "完成状态", "进展情况", "上期进展")]
        for n in range(header[0].row + 1, april.max_row + 1)
        if april.cell(n, place["任务编号"]).value
    ]
    assert [row[0] for row in rows] == ["2", "4", "1"]
    assert rows[-1][1:3] == ["已完成", "目录已公布。"]
    assert rows[0][1:3] == ["推进中", "正在筹备。"]
    assert "推进中" in rows[0][3]
    assert "正在筹备。" in rows[0][3]


def test_the_offices_edits_count_from_then_on(office: Office) -> None:
    review = office.home / "ledgers/要点/任务分解表.xlsx"
    book = load_workbook(review)
    sheet = book["任务分解表"]
    header = next(r for r in sheet.iter_rows() if any(c.value == "任务编号" for c in r))
    place = {c.value: c.column for c in header if c.value}
    row = next(n for n in range(header[0].row + 1, sheet.max_row + 1) if sheet.cell(n, place["任务编号"]).value == "4")
    sheet.cell(row, place["牵头单位"]).value = "市财政局"
    sheet.cell(row, place["时限原文"]).value = "5月底前"
    book.save(review)
    item = next(i for i in office.json("show", "要点")["items"] if i["no"] == "4")
    assert item["assigned"] == [{"unit": "市财政局", "role": "lead"}]
    assert item["due"] == "2026-05-31"
    result = office.json("distribute", *MARCH)
    assert next(b["items"] for b in result["workbooks"] if b["unit"] == "市财政局") == 2


def test_reading_the_source_again_does_not_overwrite_the_offices_edits(office: Office) -> None:
    again = office.run("import", office.home / "要点.txt", "--as", "要点")
    assert again.code == 0, again.err
    review = office.home / "ledgers/要点/任务分解表.xlsx"
    book = load_workbook(review)
    sheet = book["任务分解表"]
    header = next(r for r in sheet.iter_rows() if any(c.value == "任务编号" for c in r))
    place = {c.value: c.column for c in header if c.value}
    sheet.cell(header[0].row + 1, place["具体要求"]).value = "办公室改过的要求。"
    book.save(review)
    assert office.run("import", office.home / "要点.txt", "--as", "要点").code == 0
    assert office.json("show", "要点")["items"][0]["requirement"] == "办公室改过的要求。"
    assert len(list(review.parent.glob("任务分解表_*.xlsx"))) == 1, (
        "the edited table is copied before it is written anew"
    )
    assert office.run("import", office.home / "要点.txt", "--as", "要点", "--replace").code == 0
    assert office.json("show", "要点")["items"][0]["requirement"] == "编制并公布本单位公开事项目录。"


def test_a_workbook_that_was_sent_is_only_replaced_when_asked(office: Office) -> None:
    books = workbooks(office)
    before = books["市财政局"].read_bytes()
    roster = office.home / "ledgers/要点/任务分解表.xlsx"
    book = load_workbook(roster)
    sheet = book["任务分解表"]
    header = next(r for r in sheet.iter_rows() if any(c.value == "任务编号" for c in r))
    place = {c.value: c.column for c in header if c.value}
    for n in range(header[0].row + 1, sheet.max_row + 1):
        if sheet.cell(n, place["任务编号"]).value == "2":
            sheet.cell(n, place["具体要求"]).value = "目录有变化的，十日内调整。"
    book.save(roster)
    told = office.run("distribute", *MARCH, "--json")
    assert told.code == 1
    assert "市财政局" in told.json["changed"]
    assert books["市财政局"].read_bytes() == before
    office.json("distribute", *MARCH, "--reissue")
    assert books["市财政局"].read_bytes() != before


def test_the_report_says_what_the_store_says(office: Office, tmp_path: Path) -> None:
    import docx

    books = workbooks(office)
    for unit in ("市财政局", "东山县人民政府"):
        fill(books[unit], tmp_path / "收" / f"{unit}.xlsx", moving(), received=came(20))
    fill(books["西河区人民政府"], tmp_path / "收" / "西河.xlsx", moving(), received=came(27))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    made = office.json("report", *MARCH, "--signed", "2026-03-31")
    totals = office.json("status", *MARCH)["totals"]
    text = "\n".join(p.text for p in docx.Document(made["bulletin"]).paragraphs)
    assert (totals["asked"], totals["on_time"], totals["late"], totals["missing"]) == (4, 2, 1, 1)
    assert "市数据局" in text
    assert "截至2026年3月31日" in text
    assert "2026年3月31日" in text
    master = load_workbook(made["master"])["总台账"]
    assert sum(1 for row in master.iter_rows(values_only=True) if "东山县人民政府" in row) == 2


def test_the_second_bulletin_compares_with_what_the_first_one_printed(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "三" / "a.xlsx", moving(), received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "三")
    office.json("report", *MARCH)
    books = workbooks(office, "2026-04")
    done: Row = {"完成状态": "已完成", "完成日期": date(2026, 4, 10), "进展情况": "完成。"}
    fill(books["市财政局"], tmp_path / "四" / "a.xlsx", lambda _row: done, received=came(20, 4))
    office.json("collect", "要点", "--period", "2026-04", "--from", tmp_path / "四")
    made = office.json("report", "要点", "--period", "2026-04")
    import docx

    text = "\n".join(p.text for p in docx.Document(made["bulletin"]).paragraphs)
    assert "与2026年3月相比" in text


def test_last_months_sheet_is_not_taken_for_this_months(office: Office, tmp_path: Path) -> None:
    march = workbooks(office)
    workbooks(office, "2026-04")
    fill(march["市财政局"], tmp_path / "收" / "a.xlsx", moving(), received=came(20))
    result = office.json("collect", "要点", "--period", "2026-04", "--from", tmp_path / "收")
    (entry,) = result["quarantined"]
    assert "2026" in entry["reason"]


def test_collect_tells_where_the_letters_lie_that_a_person_sends(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt()
    office.json("distribute", *MARCH)
    book = next(office.home.glob("ledgers/要点/2026-03/下发/*东山县*.xlsx"))
    fill(book, tmp_path / "收" / "东山.xlsx", lambda _row: {"完成状态": "已完成", "进展情况": "完成。"})
    told = office.run("collect", *MARCH, "--from", tmp_path / "收").out
    outbox = office.home / "ledgers/要点/2026-03/发件箱"
    assert f"退回和回执的信写好 1 封。信是 .eml 文件，在 {outbox}，请用邮件程序打开寄出" in told
    (answer,) = outbox.glob("*东山县*退回*.eml")
    assert b"\r\nX-Unsent: 1\r\n" in answer.read_bytes()
    again = office.run("collect", *MARCH, "--from", tmp_path / "收").out
    assert "退回和回执的信" not in again


def test_a_sheet_under_another_unit_s_name_counts_for_its_own_and_is_pointed_out(
    office: Office, tmp_path: Path
) -> None:
    book = workbooks(office)["市数据局"]
    fill(book, tmp_path / "收" / "003_市财政局_工作台账.xlsx", moving(), received=came(20))
    fill(workbooks(office)["东山县人民政府"], tmp_path / "收" / "东山县台账.xlsx", moving(), received=came(20))
    (lone,) = [
        each for each in office.json("collect", *MARCH, "--from", tmp_path / "收")["accepted"] if each["warnings"]
    ]
    assert lone["unit"] == "市数据局"
    assert lone["warnings"] == ["文件名写的是市财政局，表里是市数据局的台账，已算作市数据局的，请核对是不是拿错了"]
