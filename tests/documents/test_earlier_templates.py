"""Templates of an earlier version, which offices have made their own, keep working after an upgrade."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest

from flows.documents.bulletin import write_bulletin
from flows.documents.lint import check_template, stops
from flows.documents.notice import write_notice
from flows.progress import Snapshot
from flows.soffice import converted
from flows.standing.escalation import Level
from tests.documents.consistency import parts_of
from tests.documents.months import CONFIG, busy_month
from tests.documents.test_edge_months import looked_back, measured, supervised
from tests.documents.test_notices import content
from tests.needs import soffice

EARLIER = Path(__file__).parent / "earlier_templates"
NAMES = ("通报", "提示单", "督办单", "约谈建议")
DAY = date(2026, 11, 2)
LEVELS = {"提示单": Level.HINT, "督办单": Level.SECOND, "约谈建议": Level.TALK}


def saved_again(template: Path, folder: Path) -> Path:
    """As LibreOffice writes it after an office has looked at it."""
    copy = folder / template.name
    with converted(Path(soffice()), template, "docx", ending="docx", seconds=180) as made:
        assert made is not None
        shutil.copy(made, copy)
    return copy


def printed(template: Path, out: Path, month: Snapshot) -> str:
    if template.stem == "通报":
        write_bulletin(month, CONFIG, template, out, number=5, signed_on=DAY)
    else:
        write_notice(template, content(LEVELS[template.stem], 3), out, DAY)
    return "\n".join(part.text + "".join(map("|".join, part.rows)) for part in parts_of(out))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_of_the_version_before_is_not_refused(name: str, tmp_path: Path) -> None:
    template = EARLIER / f"{name}.docx"
    assert stops(check_template(template)) == []
    text = printed(template, tmp_path / "印.docx", busy_month())
    assert "{{" not in text
    assert "{%" not in text
    assert "云陵市政务公开办公室" in text


@pytest.mark.parametrize("month", [supervised, measured, looked_back], ids=["督办", "序时", "回头看"])
def test_what_is_new_in_the_text_stands_in_the_earlier_template_too(month: object, tmp_path: Path) -> None:
    snap = month()  # type: ignore[operator]
    text = printed(EARLIER / "通报.docx", tmp_path / "印.docx", snap)
    for words in {
        "supervised": ("本期发出提示单2份", "上期通报（2026年10月）"),
        "measured": ("按序时进度分类",),
        "looked_back": ("上年未完成事项办理情况", "第H1项"),
    }[getattr(month, "__name__", "")]:
        assert words in text


@pytest.mark.parametrize("name", ["通报", "督办单"])
def test_a_template_that_libreoffice_saved_again_still_prints(name: str, tmp_path: Path) -> None:
    template = saved_again(EARLIER / f"{name}.docx", tmp_path)
    assert stops(check_template(template)) == []
    month = busy_month()
    told = printed(template, tmp_path / "印.docx", month)
    plain = printed(EARLIER / f"{name}.docx", tmp_path / "原.docx", month)
    assert "".join(told.split()) == "".join(plain.split())


def test_an_office_s_own_words_and_look_stay(tmp_path: Path) -> None:
    document = docx.Document(str(EARLIER / "通报.docx"))
    closing = next(p for p in document.paragraphs if "结语" in p.text)
    closing.insert_paragraph_before("本期共有{{ 数.应报 }}个单位应报，请各单位传阅。", style=closing.style)
    document.styles["公文正文"].font.bold = True
    own = tmp_path / "通报.docx"
    document.save(str(own))
    month = replace(busy_month(), notices=((1, "蓝"),))
    assert stops(check_template(own)) == []
    assert "本期共有21个单位应报，请各单位传阅。" in printed(own, tmp_path / "印.docx", month)
    assert docx.Document(str(tmp_path / "印.docx")).styles["公文正文"].font.bold
