"""Nothing that a unit, a roster or a plan holds breaks a bulletin, and a reprint is the same file."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.ledger.model import Report, Status
from flows.plan.model import Deadline, Kind
from flows.progress import Answer, Snapshot, Source
from flows.roster import Unit
from tests.documents.consistency import parts_of
from tests.documents.months import CONFIG, cell, items, snapshot

OCTOBER = date(2026, 10, 31)
NASTY = {
    "xml": "A&B <w:p/> ]]> &amp; &#x1F; <!-- --> <?xml?> \"'",
    "jinja": "{{ 7*7 }} {% for x in y %} {%p endif %} {# 注 #} }} %} {{图表:完成情况}} ${a} {_{ }_} {_% %_} a_b",
    "control": "前\x00\x01\x07\x08\x0b\x0c\x0e\x1f\x7f\x85\u2028\u2029\u200b\u202e\ufeff\ufdd0完成情况\ufdd1后",
    "surrogates": "前\ud800\udfff\ufffe\uffff后",
    "beyond": "𠮷野家𬱖之👍🏽é\u0301",
    "long": "写" * 5000,
    "unbroken": "a1" * 2500,
    "lines": "\n".join("第一行\r\n\t第二行") * 50,
    "empty": "",
    "blank": " \n\t\u3000\u00a0 ",
    "marks": "。；，、“”‘’《》〈〉（）……",
    "formula": "=1+1 @SUM(A1) -已完成",
}


def month_of(text: str) -> Snapshot:
    """A month in which the text stands wherever somebody may write."""
    first, second = items(2)
    late = replace(
        first,
        requirement=text,
        task=text,
        category=text,
        deadline=Deadline(text=text, due=date(2026, 9, 1), kind=Kind.ONCE),
    )
    units = [
        Unit(f"{kind}{place}{text[:40]}", kind) for place, kind in enumerate(("区县", "区县", "政府部门", text[:6]))
    ]
    reports = [
        Report(Status.BLOCKED, 10, text, None, text, text, text),
        Report(Status.MOVING, None, text, None, text, text, text),
        Report(Status.DONE, 100, text),
        None,
    ]
    came = datetime(2026, 9, 20, 9)  # noqa: DTZ001
    source = Source("2026-09", text[:30], "0" * 64, text[:30], 7, came)
    cells = [
        cell(unit, item, report, OCTOBER)
        for item in (late, second)
        for unit, report in zip(units, reports, strict=True)
    ]
    cells = [replace(each, source=source, fresh=each.unit is not units[1]) for each in cells]
    answers = {units[1].name: Answer.LATE, units[3].name: Answer.MISSING}
    return snapshot(cells, answers, plan_title=f"云陵市{text[:60]}工作要点")


def spoilt(path: Path) -> list[str]:
    """What is wrong with a package: parts that are no XML, characters that Word refuses, tags that were left."""
    found = []
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                root = etree.fromstring(package.read(name))
                text = "".join(root.itertext()) + "".join(v for e in root.iter() for v in map(str, e.attrib.values()))
                if re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", text):
                    found.append(name)
    return found


def headings(path: Path) -> list[str]:
    """The frame of a bulletin: no text may swallow what follows it."""
    return [part.style for part in parts_of(path) if part.style in ("一级标题", "附件标识", "版记定位", "成文日期")]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_what_units_write_is_printed_and_nothing_else_changes(text: str, tmp_path: Path) -> None:
    write_bulletin(month_of(text), CONFIG, TEMPLATE, tmp_path / "通报.docx", number=5)
    write_bulletin(month_of("平常的话"), CONFIG, TEMPLATE, tmp_path / "平常.docx", number=5)
    assert spoilt(tmp_path / "通报.docx") == []
    assert headings(tmp_path / "通报.docx") == headings(tmp_path / "平常.docx")
    rows = [row for part in parts_of(tmp_path / "通报.docx") for row in part.rows]
    progress = next(row for row in rows if row[0] == "1.1")
    visible = re.sub(r"[\W\ud800-\udfff\ufffe\uffff]+", "", text)
    assert re.sub(r"\W+", "", progress[1]) == visible


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_makes_a_sound_document_and_the_same_one_again(text: str) -> None:
    with TemporaryDirectory() as folder:
        one, two = Path(folder) / "一.docx", Path(folder) / "二.docx"
        for out in (one, two):
            write_bulletin(month_of(text), CONFIG, TEMPLATE, out, number=5)
        assert spoilt(one) == []
        assert headings(one)[-1] == "版记定位"
        assert one.read_bytes() == two.read_bytes()
