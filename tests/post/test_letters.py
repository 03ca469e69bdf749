"""The office writes its letters in a text editor; a slip is told in Chinese before any unit sees it."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.periods import Period
from flows.post.letters import PLACEHOLDERS, Letter, LetterBook, LetterFacts, LetterKind
from flows.problems import Problem, UserError

TEMPLATES = Path(__file__).parents[2] / "templates" / "letters"
FACTS = LetterFacts(
    unit="云溪县教育体育局",
    plan_title="《2026年云州市政务公开工作要点》",
    period=Period(2026, 10),
    reply_by=date(2026, 10, 25),
    today=date(2026, 10, 8),
    office="云州市政务公开办公室",
    contact="王敏",
    phone="内线 2026",
    address="gongkai@office.example",
    tasks=12,
    problems=(
        Problem("完成状态“快了”不是可选的状态", "请从下拉列表中选择", cell="H7"),
        Problem("选了已完成但没有完成日期", "请填写完成日期", cell="K9"),
    ),
    file="教体局台账.xlsx",
    received=datetime(2026, 10, 24, 3, 5, tzinfo=UTC),
    entries=12,
    warnings=("D8 的具体要求被改动，已按原文处理",),
    reminders=0,
    matters=("第 3 条 建立公开目录，时限2026年9月30日，逾期 8 天",),
    answer_by=date(2026, 10, 20),
)


def write(kind: LetterKind, facts: LetterFacts = FACTS, folder: Path = TEMPLATES) -> Letter:
    return LetterBook(folder).compose(kind, facts, to=["jtj@unit.example"], message_id="<1@office.example>")


@pytest.fixture
def own_templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "letters"))


def test_a_unit_learns_what_to_do_until_when_and_whom_to_ask() -> None:
    letter = write(LetterKind.ISSUE)
    assert letter.subject == "【2026年10月】请填报《2026年云州市政务公开工作要点》工作台账（云溪县教育体育局）"
    assert letter.body.startswith("云溪县教育体育局：\n\n")
    for fact in ("12 项", "2026年10月25日前", "王敏", "内线 2026", "云州市政务公开办公室\n2026年10月8日\n"):
        assert fact in letter.body
    assert letter.to == ("jtj@unit.example",)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_no_letter_leaves_a_tag_or_a_gap(kind: LetterKind) -> None:
    letter = write(kind)
    text = letter.subject + letter.body
    assert not set("{}%") & set(text)
    assert "\n\n\n" not in letter.body
    assert "《《" not in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("today", "subject", "says"),
    [
        (date(2026, 10, 22), "【报送提醒】", "还有 3 天"),
        (date(2026, 10, 25), "【报送提醒】", "今天（2026年10月25日）"),
        (date(2026, 10, 28), "【逾期未报】", "已逾期 3 天"),
    ],
)
def test_a_reminder_grows_firmer(today: date, subject: str, says: str) -> None:
    letter = write(LetterKind.REMIND, dataclasses.replace(FACTS, today=today))
    assert letter.subject.startswith(subject)
    assert says in letter.body


@pytest.mark.parametrize(
    ("day", "reminders", "subject", "says"),
    [
        (22, 5, "【报送提醒】", "还有 3 天"),
        (26, 0, "【逾期未报】", "报送情况将在通报中列出"),
        (27, 1, "【逾期未报】", "报送情况将在通报中列出"),
        (27, 2, "【逾期未报】", "此前已提醒 2 次"),
        (29, 0, "【逾期未报】", "一个工作日内"),
        (30, 4, "【再次催报】", "4 次去信提醒"),
    ],
)
def test_it_grows_firmer_by_days_and_by_letters_that_went_before(
    day: int, reminders: int, subject: str, says: str
) -> None:
    letter = write(LetterKind.REMIND, dataclasses.replace(FACTS, today=date(2026, 10, day), reminders=reminders))
    assert letter.subject.startswith(subject)
    assert says in letter.body


def test_the_firmest_reminder_comes_after_a_week_in_any_case() -> None:
    letter = write(LetterKind.REMIND, dataclasses.replace(FACTS, today=date(2026, 11, 2)))
    assert letter.subject.startswith("【逾期未报】"), "nobody has reminded it before"
    assert "请单位负责同志过问" in letter.body
    assert "次去信提醒" not in letter.body


def test_a_first_workbook_is_not_said_to_hold_what_was_told_last_month() -> None:
    """The letter is the same in the first month, when nothing has been brought over."""
    body = write(LetterKind.ISSUE).body
    assert "以前报过的内容已经带入" in body
    assert "上期内容已经带入" not in body


def test_the_letter_calls_the_notice_by_its_name() -> None:
    assert "督办单见附件" in write(LetterKind.SUPERVISE).body
    assert "督办通知单" not in write(LetterKind.SUPERVISE).body


def test_reminders_of_a_home_made_before_still_work(own_templates: Path) -> None:
    """The office's own 催报.txt knows nothing of firmness."""
    (own_templates / "催报.txt").write_text(
        "主题：{% if 逾期天数 %}【逾期】{% else %}【提醒】{% endif %}{{单位}}\n\n请报台账。\n", encoding="utf-8"
    )
    late = dataclasses.replace(FACTS, today=date(2026, 11, 2))
    assert write(LetterKind.REMIND, late, own_templates).subject == "【逾期】云溪县教育体育局"


def test_a_notice_names_what_is_overdue_and_until_when_to_answer() -> None:
    letter = write(LetterKind.SUPERVISE)
    assert letter.subject.startswith("【督办】《2026年云州市政务公开工作要点》1 项任务逾期未完成")
    assert "1. 第 3 条 建立公开目录，时限2026年9月30日，逾期 8 天" in letter.body
    assert "于2026年10月20日前回复本邮件" in letter.body


def test_a_home_made_before_takes_a_later_kind_from_the_package(own_templates: Path) -> None:
    (own_templates / "督办.txt").unlink()
    with pytest.raises(UserError, match=r"缺少信件模板 督办\.txt"):
        LetterBook(own_templates)
    book = LetterBook(own_templates, TEMPLATES)
    letter = book.compose(LetterKind.SUPERVISE, FACTS, to=["jtj@unit.example"], message_id="<1@office.example>")
    assert "【督办】" in letter.subject
    (own_templates / "退回.txt").unlink()
    with pytest.raises(UserError, match=r"缺少信件模板 退回\.txt"):
        LetterBook(own_templates, TEMPLATES)


def test_a_returned_sheet_comes_with_every_cell_to_correct() -> None:
    letter = write(LetterKind.RETURN)
    assert "有 2 处需要更正" in letter.subject
    assert "1. H7：完成状态“快了”不是可选的状态，请从下拉列表中选择。\n2. K9：" in letter.body
    assert "2026年10月24日 11:05收到" in letter.body
    late = write(LetterKind.RETURN, dataclasses.replace(FACTS, today=date(2026, 10, 30)))
    assert "尽快回复" in late.body


def test_an_office_without_contact_gets_no_empty_line_for_it() -> None:
    letter = write(LetterKind.ISSUE, dataclasses.replace(FACTS, contact="", phone=""))
    assert "联系人" not in letter.body


def test_a_receipt_without_remarks_has_no_empty_list() -> None:
    assert "留意" in write(LetterKind.RECEIPT).body
    assert "留意" not in write(LetterKind.RECEIPT, dataclasses.replace(FACTS, warnings=())).body


def test_text_of_a_unit_is_never_taken_for_a_tag() -> None:
    letter = write(LetterKind.ISSUE, dataclasses.replace(FACTS, unit="{{办公室}}<b>&局"))
    assert letter.body.startswith("{{办公室}}<b>&局：")


def test_every_placeholder_has_a_value_and_the_other_way_round() -> None:
    assert FACTS.values().keys() == PLACEHOLDERS


def test_templates_saved_by_notepad_work(own_templates: Path) -> None:
    text = (own_templates / "下发.txt").read_text(encoding="utf-8").replace("\n", "\r\n")
    for encoding in ("utf-8-sig", "gb18030"):
        (own_templates / "下发.txt").write_bytes(text.encode(encoding))
        assert write(LetterKind.ISSUE, folder=own_templates).body == write(LetterKind.ISSUE).body


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("主题：台账\n\n{{截至日期}}前报来", "letters/下发.txt 中有不认识的占位符“截至日期”", "{{截止日期}}"),
        ("主题：{{年月日时}}\n\n正文", "letters/下发.txt 中有不认识的占位符“年月日时”", ""),
        ("主题：台账\n\n第二行\n{{单位", "letters/下发.txt 第 4 行的占位符写法有误", "{{单位}}"),
        ("主题：台账\n\n｛｛单位｝｝：", "letters/下发.txt 第 3 行的占位符写法有误", "半角"),
        ("主题：台账\n\n{单位}：", "letters/下发.txt 第 3 行的占位符写法有误", "两对"),
        ("主题：台账\n\n{% if 联系人 %}\n王敏", "标记写法有误", "对照"),
        ("主题：台账\n\n{{ 单位 + }}", "letters/下发.txt 第 3 行的标记写法有误", "对照"),
        ("主题：台账\n\n{{ 单位 + 3 }}", "算不出的式子", "对照"),
        ("主题：台账\n\n{{ 单位.电话 }}", "填不上的占位符", "对照"),
        ("主题：台账\n\n{{问题清单}}", "letters/下发.txt 中的“问题清单”在这种信里没有内容可填", "删去"),
        ("{{单位}}：\n\n请报台账", "letters/下发.txt 的第一行不是主题", "主题："),
        ("主题：\n\n请报台账", "letters/下发.txt 的第一行不是主题", "主题："),
        ("主题：台账\n\n", "letters/下发.txt 没有正文", "正文"),
        ("", "letters/下发.txt 的第一行不是主题", "主题："),
    ],
)
def test_a_slip_in_a_template_is_told_with_its_place(own_templates: Path, text: str, message: str, hint: str) -> None:
    (own_templates / "下发.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        write(LetterKind.ISSUE, dataclasses.replace(FACTS, problems=None), own_templates)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_missing_template_is_named_before_any_letter_is_written(own_templates: Path) -> None:
    (own_templates / "退回.txt").unlink()
    with pytest.raises(UserError, match=r"缺少信件模板 退回\.txt"):
        LetterBook(own_templates)


def test_a_template_in_no_encoding_is_refused(own_templates: Path) -> None:
    (own_templates / "催报.txt").write_bytes(b"\xff\xff\xff")
    with pytest.raises(UserError, match="编码"):
        LetterBook(own_templates)
