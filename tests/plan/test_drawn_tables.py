"""Tables that somebody drew: with line characters, with commas, on a PDF's page with or without rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flows.plan.documents import read_document
from flows.plan.reader import read_plan
from tests.needs import soffice
from tests.plan.museum.builders import Grid, Word, build
from tests.plan.papers import UP, text_file

TITLE = "云川市2026年政务公开任务分解表"
HEAD = ("序号", "任务名称", "具体要求", "责任单位", "完成时限")


def test_typed_boxes_are_tables_too(tmp_path: Path) -> None:
    text = f"""{TITLE}
+----+--------+----------------+----------+--------+
| 序号 | 任务名称 | 具体要求 | 责任单位 | 完成时限 |
+====+========+================+==========+========+
| 1 | 晒清单 | 公布办事清单，含 | 市数据局 | 6月底前 |
|   |        | 办理时限。 |  | |
+----+--------+----------------+----------+--------+
| 2 | 开放日 | 办一次开放日。 | 各街道 | 9月底前 |
+----+--------+----------------+----------+--------+
"""
    plan = read_plan(text_file(tmp_path, text))
    assert [(i.no, i.requirement, i.responsible) for i in plan.items] == [
        ("1", "公布办事清单，含办理时限。", ("市数据局",)),
        ("2", "办一次开放日。", ("各街道",)),
    ]
    assert plan.doubts == ()


@pytest.mark.parametrize(("second", "sure"), [("2 ", True), ("甲", False)])
def test_a_box_without_inner_rules_is_parted_by_its_numbers_or_is_doubtful(
    second: str, sure: bool, tmp_path: Path
) -> None:
    text = f"""{TITLE}
┌──┬────┬─────┬────┬────┐
│序号│任务名称│具体要求 │责任单位│完成时限│
├──┼────┼─────┼────┼────┤
│1 │晒清单 │公布办事清│市数据局│6月底前│
│  │    │单。   │    │    │
│{second}│开放日 │办开放日。│各街道 │9月底前│
└──┴────┴─────┴────┴────┘
"""
    plan = read_plan(text_file(tmp_path, text))
    assert [i.requirement for i in plan.items] == ["公布办事清单。", "办开放日。"]
    assert all(any(d.no == i.no for d in plan.doubts) is not sure for i in plan.items)


def test_commas_in_running_text_make_no_table(tmp_path: Path) -> None:
    path = text_file(tmp_path, "甲,乙,丙三个单位,\n以及其他单位,参加,会议。\n请准时。\n")
    assert read_document(path).tables == ()


def test_merges_that_a_page_has_cut_leave_no_question(tmp_path: Path) -> None:
    soffice()
    long = "对照目录逐项梳理公开事项，补齐缺项漏项，核对链接和附件，做到内容准确、更新及时、查询方便，" * 4
    units = {1: "市司法局", 5: "市数据局、市财政局", 10: "各街道办事处"}
    rows = [
        (str(n), f"任务{n // 4 + 1}" if n % 4 == 1 else UP, f"{long}完成第{n}批。", units.get(n, UP), "年底前")
        for n in range(1, 13)
    ]
    plan = read_plan(build("merged", Word((TITLE, Grid((HEAD, *rows))), to="pdf"), tmp_path))
    assert [i.requirement for i in plan.items] == [row[2] for row in rows]
    assert [i.responsible[0] for i in plan.items] == ["市司法局"] * 4 + ["市数据局"] * 5 + ["各街道办事处"] * 3
    assert plan.doubts == ()


@pytest.mark.parametrize("centred", [True, False])
def test_a_table_without_rules_is_read_also_where_its_cells_are_centred(centred: bool, tmp_path: Path) -> None:
    import docx
    from docx.enum.table import WD_ALIGN_VERTICAL

    rows = (
        HEAD,
        (
            "1",
            "晒清单",
            "对照目录逐项梳理公开事项，补齐缺项漏项，做到内容准确、更新及时。",
            "市数据局、市司法局、市财政局",
            "6月底前",
        ),
        ("2", "开放日", "举办一次政府开放日活动。", "各街道办事处", "9月底前"),
        ("3", "政策解读服务质量提升", "重要政策一律配发图解，做到同步起草、同步审签、同步发布。", "市司法局", "年底前"),
        ("4", "回头看", "对去年整改事项开展回头看，问题不反弹。", "市政务公开领导小组办公室、各成员单位", "11月底前"),
    )
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(len(rows), len(HEAD))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
            if centred:
                table.cell(r, c).vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    made = tmp_path / "plain.docx"
    document.save(str(made))
    profile = (tmp_path / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, str(tmp_path), str(made)], check=True, capture_output=True, timeout=180)
    plan = read_plan(made.with_suffix(".pdf"))
    assert [(i.no, i.task, i.requirement) for i in plan.items] == [row[:3] for row in rows[1:]]
    assert all(any(d.no == i.no for d in plan.doubts) for i in plan.items)
