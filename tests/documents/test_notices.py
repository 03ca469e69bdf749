"""提示单, 督办单 and 约谈建议 as a director gets them: what they say, and how they look on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from docx import Document

from flows.config import Config, Supervision
from flows.documents.issued import issued_sentence
from flows.documents.lint_words import TEMPLATES
from flows.documents.notice import Content, notice_content, write_notice
from flows.documents.notice_templates import FOLDER, TABLES, parts
from flows.documents.render import to_pdf
from flows.ledger.model import Report, Role, Status
from flows.package import packed
from flows.plan.model import Deadline, Kind
from flows.progress import Cell
from flows.standing.escalation import Draft, Issued, Level, Matter
from tests.documents.months import CONFIG, DISTRICTS, cell, items, snapshot
from tests.documents.test_layout import body_of, ink, lines_of
from tests.needs import soffice

UNIT = DISTRICTS[0]
AS_OF = date(2026, 10, 31)
DATED = date(2026, 11, 2)
ANSWER = date(2026, 11, 12)
WORDS = "已完成初稿并征求意见，正在修改。"


def cells(number: int, *, words: str = WORDS, days: int = 41) -> tuple[Cell, ...]:
    report = Report(Status.MOVING, 40, words)
    due = Deadline(due=AS_OF - timedelta(days=days), kind=Kind.ONCE)
    return tuple(
        cell(UNIT, replace(item, deadline=due), report, AS_OF, Role.LEAD if place == 0 else Role.RESPONSIBLE)
        for place, item in enumerate(items(30)[:number])
    )


def content(level: Level, number: int = 1, *, config: Config = CONFIG, **what: Any) -> Content:
    """A notice about so many items, after all the notices that go before it."""
    chosen = cells(number, **what)
    matters = tuple(Matter(each.item.no, each.due) for each in chosen if each.due)
    before = tuple(
        Issued(
            UNIT.name, Level(step), config.supervision.colours[step - 1], f"督办〔2026〕{step}号", AS_OF, AS_OF, matters
        )
        for step in range(1, level)
    )
    draft = Draft(UNIT.name, level, chosen, {each.item.no: before for each in chosen})
    snap = snapshot(list(chosen))
    prefix = {Level.HINT: "提示", Level.TALK: "约谈"}.get(level, "督办")
    return notice_content(draft, snap, config, number=f"{prefix}〔2026〕9号", dated=DATED, answer_by=ANSWER)


def written(folder: Path, level: Level, number: int = 1, **what: Any) -> Path:
    out = folder / f"{level.name}{number}.docx"
    write_notice(FOLDER / f"{level.kind}.docx", content(level, number, **what), out, DATED)
    return out


def printed(path: Path) -> pymupdf.Document:
    soffice()
    pdf = to_pdf(path)
    assert pdf is not None
    return pymupdf.open(pdf)


def text_of(path: Path) -> str:
    document = Document(str(path))
    return "\n".join(
        [each.text for each in document.paragraphs]
        + [each.text for table in document.tables for row in table.rows for each in row.cells]
    )


@pytest.mark.parametrize("kind", TABLES)
def test_the_packaged_templates_are_what_the_builder_makes(kind: str) -> None:
    assert (FOLDER / f"{kind}.docx").read_bytes() == packed(parts(kind))


@pytest.mark.parametrize("kind", TABLES)
def test_every_name_that_is_supplied_is_known_to_the_linter(kind: str) -> None:
    made = content(Level.FIRST)
    assert set(made) <= set(TEMPLATES[kind])
    assert set(made["清单"][0]) <= set(TEMPLATES[kind]["清单"][0])


def test_a_first_notice_says_what_when_how_late_and_by_which_day_to_answer(tmp_path: Path) -> None:
    said = text_of(written(tmp_path, Level.FIRST))
    for words in (
        "云陵市政务公开办公室督办单",
        "督办〔2026〕9号",
        "关于办理逾期任务的蓝色督办单",
        "临江区：",
        "《云陵市2026年政务公开工作要点》（云政办发〔2026〕3号）中，由你单位承担的1项任务已过完成时限，"
        "截至2026年10月31日仍未完成（见下表）。现予督办。",
        "于2026年11月12日前书面回复",
        "本单发出满15日仍未完成的，将发出黄色督办单。",
        "联系人：李明，联系电话：0000-0000000。",
        "2026年9月20日",
        "41",
        f"推进中（40%）：{WORDS}",
        "2026年11月2日",
    ):
        assert words in said, words


def test_the_second_and_the_third_name_those_before(tmp_path: Path) -> None:
    second, third = (content(level)["正文"][0] for level in (Level.SECOND, Level.THIRD))
    assert "此前已发出蓝色督办单（督办〔2026〕1号），" in second
    assert "现发出黄色督办单。" in second
    assert "此前已发出黄色督办单（督办〔2026〕2号），" in third
    assert "本单发出满30日仍未完成的，将按规定建议约谈。" in content(Level.THIRD)["结语"]


def test_the_talk_tells_the_whole_way(tmp_path: Path) -> None:
    made = content(Level.TALK, 2)
    assert made["标题"] == "关于约谈临江区的建议"
    assert made["主送机关"] == "办公室负责同志"
    assert (
        "蓝色督办单（督办〔2026〕1号），黄色督办单（督办〔2026〕2号），红色督办单（督办〔2026〕3号）" in made["正文"][0]
    )
    assert made["清单"][0]["督办"] == "蓝：督办〔2026〕1号\n黄：督办〔2026〕2号\n红：督办〔2026〕3号"


@pytest.mark.parametrize(
    ("days", "said"),
    [(-10, "2项任务将于2026年11月10日前到期"), (-60, "2项任务完成进度落后于时间进度")],
)
def test_a_hint_says_why_it_comes(days: int, said: str) -> None:
    assert said in content(Level.HINT, 2, days=days)["正文"][0]


def test_a_hint_that_goes_out_after_the_day_does_not_speak_of_it_as_to_come() -> None:
    """The figures are of 31 October, the notice is of 2 November."""
    made = content(Level.HINT, 1, days=0)
    assert "由你单位承担的1项任务应于2026年10月31日前完成，截至2026年10月31日尚未完成" in made["正文"][0]
    assert made["要求"] == ["请你单位倒排进度，明确责任人，抓紧办结；已过时限或难以按期完成的，书面说明原因。"]
    to_come = content(Level.HINT, 1, days=-10)
    assert to_come["要求"] == ["请你单位倒排进度，明确责任人，确保按期完成；确实难以按期完成的，提前书面说明原因。"]


def test_no_consequence_is_threatened_that_the_office_has_switched_off() -> None:
    config = replace_rules(talk_days=0, talk_notices=0)
    assert "约谈" not in "".join([*content(Level.THIRD, config=config)["要求"], content(Level.THIRD)["标题"]])
    assert "约谈" not in content(Level.THIRD, config=config)["结语"]


def replace_rules(**values: Any) -> Config:
    rules = Supervision.model_validate(CONFIG.supervision.model_dump() | values)
    return CONFIG.model_copy(update={"supervision": rules})


def test_what_was_said_months_ago_bears_its_month() -> None:
    (each,) = cells(1)
    from datetime import datetime

    from flows.documents.notice import said
    from flows.periods import CHINA
    from flows.progress import Source

    source = Source("2026-08", "a", "b", "c", 1, datetime(2026, 8, 20, tzinfo=CHINA))
    assert said(replace(each, fresh=False, source=source)).endswith("（8月填报）")


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (tmp_path / name for name in ("一", "二"))
    assert written(one, Level.THIRD, 8).read_bytes() == written(two, Level.THIRD, 8).read_bytes()


@pytest.mark.parametrize(
    ("words", "printed_as"),
    [
        ("", "推进中（40%）"),
        ("A&B <市局>", "：A&B <市局>"),
        ("{{ 7*7 }}{% for %}", "：{{ 7*7 }}{% for %}"),
        ("\x00\x0b\x1f坏\ud800字", "坏字"),
        ("长" * 5000, "长长……"),
    ],
)
@pytest.mark.parametrize("level", Level)
def test_nothing_that_a_unit_writes_breaks_a_notice(tmp_path: Path, level: Level, words: str, printed_as: str) -> None:
    said = text_of(written(tmp_path, level, words=words))
    assert printed_as in said
    assert "2026年11月2日" in said


@pytest.mark.parametrize("title", ["《含{括号}的要点》", "关于印发《2026年要点》的通知"])
def test_braces_and_quotation_marks_in_a_plan_s_title_are_text(title: str) -> None:
    chosen = cells(1)
    snap = replace(snapshot(list(chosen)), plan_title=title)
    made = notice_content(
        Draft(UNIT.name, Level.FIRST, chosen), snap, CONFIG, number="督办〔2026〕1号", dated=DATED, answer_by=ANSWER
    )
    assert re.sub(r"[《》〈〉]", "", title) in re.sub(r"[《》〈〉]", "", made["正文"][0])


@pytest.mark.parametrize("level", Level)
def test_a_short_notice_is_a_page_with_the_office_s_date(tmp_path: Path, level: Level) -> None:
    with printed(written(tmp_path, level)) as pages:
        assert len(pages) <= (2 if level in (Level.THIRD, Level.TALK) else 1)
        last = body_of(pages[-1])
    assert last[-1][4] == "2026年11月2日"
    assert last[-2][4] == "云陵市政务公开办公室"
    assert len(last) > 2, "the signature stands with text"


@pytest.mark.parametrize(
    ("level", "color"), [(Level.FIRST, 0x1F4E9E), (Level.SECOND, 0xB8860B), (Level.THIRD, 0xFF0000)]
)
def test_the_head_is_in_the_colour_of_the_notice_and_the_page_is_an_official_one(
    tmp_path: Path, level: Level, color: int
) -> None:
    with printed(written(tmp_path, level, 3)) as pages:
        first = pages[0]
        span = first.get_text("dict")["blocks"][0]["lines"][0]["spans"][0]
        assert span["color"] == color
        assert span["size"] == pytest.approx(30, abs=0.5)
        lines = body_of(first)
        assert min(line[0] for line in lines) == pytest.approx(28, abs=1.5)
        assert lines[-1][3] <= 263
        top, _ = ink(first, 30, 60)
        assert 37 <= top <= 42
        assert lines_of(first)[-1][4] == "—1—"


def test_a_long_list_is_an_attachment_on_its_own_page_with_its_head_on_every_page(tmp_path: Path) -> None:
    with printed(written(tmp_path, Level.FIRST, 24)) as pages:
        assert len(pages) >= 3
        texts = [[line[4] for line in body_of(page)] for page in pages]
    assert "附件：逾期任务清单" in texts[0]
    assert texts[0][-1] == "2026年11月2日"
    assert texts[1][0] == "附件"
    assert texts[1][1] == "逾期任务清单"
    assert any("具体要求" in line for line in texts[2][:3])


def test_libreoffice_saves_a_notice_again_with_its_words(tmp_path: Path) -> None:
    from flows.soffice import converted

    source = written(tmp_path, Level.SECOND, 7)
    with converted(Path(soffice()), source, "docx", ending="docx", seconds=180) as made:
        assert made is not None
        assert "关于办理逾期任务的黄色督办单" in text_of(made)


def test_the_bulletin_can_say_how_many_notices_were_issued() -> None:
    several = [(Level.HINT, "")] * 3 + [(Level.SECOND, "黄")] + [(Level.FIRST, "蓝")] * 2 + [(Level.TALK, "")]
    assert issued_sentence(several) == "本期发出提示单3份，蓝色督办单2份，黄色督办单1份，提出约谈建议1份。"
    assert issued_sentence([(Level.TALK, "")]) == "本期提出约谈建议1份。"
    assert issued_sentence([]) == ""
