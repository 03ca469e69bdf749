"""The annual round in folders: who files by when, what comes back, what goes back, what counts."""

from __future__ import annotations

from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.annual.aggregate import aggregate
from flows.annual.format import key3
from flows.annual.layout import SPOTS
from flows.annual_remind import annual_remind
from flows.annual_round.filed import filed
from flows.console import Screen
from flows.desk import open_desk
from flows.messages.annual_round import say_remind
from flows.periods import CHINA
from flows.round import intake
from flows.workspace import find_home
from tests.annual.filers import ADDRESSES, FILING, UNITS, YEAR, fill_annual, numbers, published
from tests.office import Office, new_office

NEW = key3(1, "自然人")
NEW_TOTAL = key3(1, "总计")
CARRIED_IN = key3(2, "自然人")


def moment(day: int, hour: int = 9) -> datetime:
    return datetime(2027, 1, day, hour, 0, tzinfo=CHINA)


def ask_year(office: Office, *more: str | Path) -> dict[str, Path]:
    """Send the tables of the year out; unit → its workbook."""
    return {book["unit"]: Path(book["file"]) for book in office.json("distribute", *YEAR, *more)["workbooks"]}


def collect(office: Office, folder: Path, *more: str | Path) -> dict[str, Any]:
    return office.json("collect", *YEAR, "--from", folder, *more)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """It is the end of January 2027: no file of this round comes from the future."""
    monkeypatch.setattr(intake, "this_moment", lambda: moment(31))
    made = new_office(tmp_path)
    made.adopt(units=UNITS)
    return made


def letters(office: Office, kind: str) -> dict[str, str]:
    """Address → subject and text of the letters of a kind that lie in the year's 发件箱."""
    found = {}
    for path in sorted((office.home / "ledgers/要点/2026年报/发件箱").glob(f"*_{kind}.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        found[str(mail["To"])] = f"{mail['Subject']}\n{body.get_content()}"
    return found


# --- 下发 -----------------------------------------------------------------------------------------------------------


def test_every_body_that_files_gets_a_workbook_and_a_letter_with_its_own_day(office: Office) -> None:
    result = office.json("distribute", *YEAR)
    assert [book["unit"] for book in result["workbooks"]] == list(FILING)
    assert result["not_filing"] == ["市委编办"]
    days = {book["unit"]: book["deadline"] for book in result["workbooks"]}
    assert (days["东山县人民政府"], days["市财政局"]) == ("2027-03-31", "2027-01-31")
    assert all("2026年报" in book["file"] and Path(book["file"]).is_file() for book in result["workbooks"])
    told = letters(office, "下发")
    assert "2027年3月31日前" in told[ADDRESSES["东山县人民政府"]]
    assert "2027年1月31日前" in told[ADDRESSES["市财政局"]]
    assert "2026年度政府信息公开工作年度报告数据" in told[ADDRESSES["市财政局"]]


def test_the_office_sets_who_files_and_earlier_days(office: Office) -> None:
    office.configure(annual={"units": ["市委编办"], "exempt_units": ["市民政局"], "reply_by": "01-26"})
    path = office.home / "config.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"区县" = "03-31"', '"区县" = "02-20"\n"西河区人民政府" = "02-10"')
    )
    days = {book["unit"]: book["deadline"] for book in office.json("distribute", *YEAR)["workbooks"]}
    assert days == {
        "东山县人民政府": "2027-02-20",
        "西河区人民政府": "2027-02-10",
        "市数据局": "2027-01-26",
        "市财政局": "2027-01-26",
        "市教育局": "2027-01-26",
        "市委编办": "2027-01-26",
    }


def test_a_day_that_is_none_is_told_by_its_key(office: Office) -> None:
    office.configure(annual={"reply_by": "1月31日"})
    answer = office.run("distribute", *YEAR)
    assert answer.code == 2
    assert "reply_by" in answer.err
    assert "01-31" in answer.err


def test_run_again_nothing_is_written_or_sent_twice(office: Office) -> None:
    first = office.json("distribute", *YEAR)
    again = office.json("distribute", *YEAR)
    assert len(first["sent_now"]) == 6
    assert again["sent_now"] == []
    assert len(letters(office, "下发")) == 6
    assert office.json("distribute", *YEAR, "--again", "市财政局")["sent_now"] == ["市财政局"]


def test_a_home_of_an_earlier_version_has_neither_letters_nor_settings_and_works(office: Office) -> None:
    for path in (office.home / "templates/letters").glob("年报*.txt"):
        path.unlink()
    config = office.home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").partition("[annual]")[0], encoding="utf-8")
    assert len(office.json("distribute", *YEAR)["sent_now"]) == 6


# --- 回收 -----------------------------------------------------------------------------------------------------------


def test_what_is_right_counts_and_the_sum_is_the_citys(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    for place, unit in enumerate(FILING):
        table = numbers(new=place + 3, left=1)
        fill_annual(books[unit], tmp_path / "收" / f"{unit}.xlsx", table, received=moment(20))
    result = collect(office, tmp_path / "收")
    assert sorted(entry["unit"] for entry in result["accepted"]) == sorted(FILING), result
    assert {entry["entries"] for entry in result["accepted"]} == {200}
    assert (result["missing"], result["filed"]) == ([], 6)
    with open_desk(find_home(office.home), "要点") as desk:
        kept = filed(desk, 2026)
    city = aggregate(kept.filings.values(), kept.declared)
    assert city.complete
    assert city.tables[NEW_TOTAL].shown == str(sum(range(3, 9)))
    assert city.tables["2.1.规章.制发"].shown == "/"
    again = collect(office, tmp_path / "收")
    assert (again["accepted"], len(again["duplicates"]), again["filed"]) == ([], 6, 6)


def test_a_faulty_table_goes_back_with_both_sums_and_the_corrected_one_counts(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    wrong = numbers(new=6, left=1) | {NEW: 8}  # 总计 still says 6, and the balance is 2 short
    fill_annual(books["市财政局"], tmp_path / "一" / "市财政局.xlsx", wrong, received=moment(20))
    back = collect(office, tmp_path / "一")
    assert back["accepted"] == []
    (sheet,) = back["returned"]
    told = " ".join(problem["message"] for problem in sheet["problems"])
    assert "8" in told
    assert "6" in told
    assert {entry["unit"]: entry["reason"] for entry in back["missing"]}["市财政局"].startswith(
        "报来的“市财政局.xlsx”有错"
    )
    letter = letters(office, "退回")[ADDRESSES["市财政局"]]
    assert sheet["problems"][0]["message"].removesuffix("。") in letter
    assert "“依申请公开” D8：" in letter

    marked = load_workbook(sheet["annotated"])
    assert "需更正" in marked.sheetnames
    spot = SPOTS[NEW]
    cell = marked[spot.sheet].cell(spot.row + 1, spot.column + 1)
    assert cell.value == 8, "what the unit wrote stays"
    cell.value = 6
    (tmp_path / "二").mkdir()
    marked.save(tmp_path / "二" / "市财政局更正.xlsx")
    mended = collect(office, tmp_path / "二")
    (entry,) = mended["accepted"]
    assert entry["unit"] == "市财政局"
    assert any("比退回的" in warning and "8 → 6" in warning for warning in entry["warnings"]), entry
    assert "市财政局" not in [each["unit"] for each in mended["missing"]]


def test_of_two_filings_the_later_counts_and_the_difference_is_told(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    unit = "市数据局"
    fill_annual(books[unit], tmp_path / "一" / f"{unit}.xlsx", numbers(new=6), received=moment(20))
    fill_annual(books[unit], tmp_path / "二" / f"{unit}.xlsx", numbers(new=7), received=moment(22))
    fill_annual(books[unit], tmp_path / "三" / f"{unit}.xlsx", numbers(new=5), received=moment(21))
    collect(office, tmp_path / "一")
    (entry,) = collect(office, tmp_path / "二")["accepted"]
    changed = {change["no"]: (change["old"], change["new"]) for change in entry["changes"]}
    assert changed[NEW_TOTAL] == ("6", "7")
    assert any("以这份为准" in warning for warning in entry["warnings"])
    (older,) = collect(office, tmp_path / "三")["accepted"]
    assert any("以后收到的为准" in warning for warning in older["warnings"])
    with open_desk(find_home(office.home), "要点") as desk:
        assert filed(desk, 2026).filings[unit].tables[NEW].shown == "7"


def test_a_dry_run_tells_every_number_and_changes_nothing(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    fill_annual(books["市数据局"], tmp_path / "收" / "市数据局.xlsx", numbers(new=6), received=moment(20))
    before = sorted(path.as_posix() for path in office.home.rglob("*"))
    looked = collect(office, tmp_path / "收", "--dry-run")
    assert [entry["unit"] for entry in looked["accepted"]] == ["市数据局"]
    assert {"no": NEW, "old": "", "new": "6"}.items() <= next(c for c in looked["changes"] if c["no"] == NEW).items()
    assert sorted(path.as_posix() for path in office.home.rglob("*")) == before
    assert collect(office, tmp_path / "收")["filed"] == 1


def test_units_whose_texts_are_alike_are_named(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    same = "本单位高度重视政府信息公开工作，坚持以公开为常态、不公开为例外，及时更新门户网站栏目，" * 3
    for unit in ("市数据局", "市财政局"):
        out = tmp_path / "收" / f"{unit}.xlsx"
        fill_annual(books[unit], out, numbers(), more={"主动公开": same}, received=moment(20))
    alike = collect(office, tmp_path / "收")["alike"]
    assert [{each["unit"], each["other"]} for each in alike if each["part"] == "主动公开"] == [{"市数据局", "市财政局"}]


# --- 上年 -----------------------------------------------------------------------------------------------------------


def test_last_years_numbers_are_kept_across_plans_and_a_breach_needs_a_reason(office: Office, tmp_path: Path) -> None:
    old = office.json("distribute", "要点", "--year", "2025")["workbooks"]
    unit = "市财政局"
    book = next(Path(each["file"]) for each in old if each["unit"] == unit)
    fill_annual(book, tmp_path / "旧" / f"{unit}.xlsx", numbers(new=6, left=2, norms=(2, 1, 10)), received=moment(5))
    assert office.json("collect", "要点", "--year", "2025", "--from", tmp_path / "旧")["filed"] == 1

    office.adopt(slug="新要点", units=UNITS)
    issued = office.json("distribute", "新要点", "--year", "2026")
    assert issued["with_last_year"] == [unit]
    book = next(Path(each["file"]) for each in issued["workbooks"] if each["unit"] == unit)
    table = numbers(new=6, before=0, left=1, norms=(2, 1, 11))  # 2 were left over last year
    fill_annual(book, tmp_path / "新" / f"{unit}.xlsx", table, received=moment(20))
    (back,) = office.json("collect", "新要点", "--year", "2026", "--from", tmp_path / "新")["returned"]
    assert any("上年结转" in problem["message"] for problem in back["problems"])
    why = {"原因.上年结转": "机构改革后两件申请划转市数据局办理"}
    fill_annual(book, tmp_path / "说明" / f"{unit}.xlsx", table, more=why, received=moment(21))
    (taken,) = office.json("collect", "新要点", "--year", "2026", "--from", tmp_path / "说明")["accepted"]
    assert any("划转市数据局" in warning for warning in taken["warnings"]), taken


def test_the_first_year_takes_last_years_numbers_from_published_reports(office: Office, tmp_path: Path) -> None:
    site = tmp_path / "上年"
    published(site / "市财政局2025年政府信息公开工作年度报告.docx", numbers(new=6, left=2))
    published(site / "某单位2025年年报.docx", numbers())
    (site / "市教育局.docx").write_bytes(b"no document")
    issued = office.json("distribute", *YEAR, "--last", site)
    assert issued["with_last_year"] == ["市财政局"]
    told = {each["file"]: (each["numbers"], each["reason"]) for each in issued["former"]}
    assert told.pop("市财政局2025年政府信息公开工作年度报告.docx") == (200, "")
    assert "把单位名称写进文件名" in told["某单位2025年年报.docx"][1]
    assert told["市教育局.docx"][1]
    book = next(Path(each["file"]) for each in issued["workbooks"] if each["unit"] == "市财政局")
    fill_annual(book, tmp_path / "收" / "市财政局.xlsx", numbers(new=6, before=0, left=1), received=moment(20))
    (back,) = collect(office, tmp_path / "收")["returned"]
    assert any("上年年报是 2" in problem["message"] for problem in back["problems"])
    again = office.json("distribute", *YEAR, "--last", site)["former"]
    assert "没有替换" in {each["file"]: each["reason"] for each in again}["市财政局2025年政府信息公开工作年度报告.docx"]


# --- 催报 -----------------------------------------------------------------------------------------------------------


def remind(office: Office, day: date) -> dict[str, Any]:
    result: dict[str, Any] = annual_remind.fn(str(office.home), "要点", 2026, day=day.isoformat())
    return result


def test_reminders_follow_each_units_own_day(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    early = remind(office, date(2027, 1, 4))
    assert early["reminded"] == []
    assert len(early["not_due"]) == 6

    fill_annual(books["市财政局"], tmp_path / "收" / "市财政局.xlsx", numbers(), received=moment(12))
    wrong = numbers() | {NEW: 9}
    fill_annual(books["东山县人民政府"], tmp_path / "收" / "东山县人民政府.xlsx", wrong, received=moment(12))
    collect(office, tmp_path / "收")
    near = remind(office, date(2027, 1, 21))
    told = {entry["unit"]: (entry["when"], entry["days"], entry["answer"]) for entry in near["reminded"]}
    assert told == {
        "市数据局": ("before", 10, "未报送"),
        "市教育局": ("before", 10, "未报送"),
        "市民政局": ("before", 10, "未报送"),
        "东山县人民政府": ("before", 69, "已退回未改"),
    }
    assert [entry["unit"] for entry in near["not_due"]] == ["西河区人民政府"]
    assert [entry["unit"] for entry in near["filed"]] == ["市财政局"]
    assert "还有 10 天" in letters(office, "催报")[ADDRESSES["市教育局"]]
    assert remind(office, date(2027, 1, 21))["reminded"][0]["new"] is False, "once a day"

    late = remind(office, date(2027, 2, 3))
    assert {entry["when"] for entry in late["reminded"] if entry["unit"] != "东山县人民政府"} == {"after"}
    assert (late["publish_by"], late["publish_days_left"]) == ("2027-03-31", 56)


def test_reminders_that_are_only_written_say_where_they_lie(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    ask_year(office)
    result = remind(office, date(2027, 1, 21))
    capsys.readouterr()
    say_remind(Screen(), "要点", 2026, result)
    told = capsys.readouterr().out.replace("\n", "")
    assert f"信是 .eml 文件，在 {office.home / 'ledgers/要点/2026年报/发件箱'}，请用邮件程序打开寄出" in told


def test_who_is_in_quarantine_is_not_called_silent(office: Office, tmp_path: Path) -> None:
    ask_year(office)
    (tmp_path / "收").mkdir()
    (tmp_path / "收" / "市教育局年报.xlsx").write_bytes(b"this is no workbook")
    collect(office, tmp_path / "收")
    result = remind(office, date(2027, 2, 3))
    assert [entry["unit"] for entry in result["pending"]] == ["市教育局"]
    assert "市教育局" not in [entry["unit"] for entry in result["reminded"]]


# --- 命令 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("distribute", "要点"), "缺少选项 --period"),
        (("collect", "要点", "--period", "2026-12", "--year", "2026"), "只能写一个"),
        (("collect", *YEAR), "taizhang distribute 要点 --year 2026"),
        (("remind", *YEAR), "taizhang distribute 要点 --year 2026"),
        (("distribute", "要点", "-p", "2026-12", "--last", "上年"), "--last 只用于年报数据"),
        (("distribute", *YEAR, "--last", "没有的"), "找不到文件夹"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(office: Office, arguments: tuple[str, ...], words: str) -> None:
    answer = office.run(*arguments)
    assert answer.code == 2
    assert words in answer.err


def test_what_the_clerk_reads_names_the_next_step(office: Office, tmp_path: Path) -> None:
    out = office.run("distribute", *YEAR).out
    assert "2027年1月31日 4 家，2027年3月31日 2 家" in out
    books = {path.stem: path for path in (office.home / "ledgers/要点/2026年报/下发").glob("*.xlsx")}
    book = next(path for name, path in books.items() if "市财政局" in name)
    fill_annual(book, tmp_path / "收" / "市财政局.xlsx", numbers(), received=moment(20))
    out = office.run("collect", *YEAR, "--from", tmp_path / "收").out
    assert "已报 1 家，还缺 5 家" in out
    assert "taizhang remind 要点 --year 2026" in out
    out = office.run("remind", *YEAR).out
    assert "本级政府年报应于2027年3月31日前公布" in out
