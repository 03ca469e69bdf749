"""Texts: encodings, Markdown, tables that an extractor has taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.plan.documents import Table, read_document
from flows.plan.reader import read_plan
from flows.plan.script import garbled
from tests.plan.format_papers import ROWS, TITLE, facts, paragraphs, texts
from tests.plan.papers import UP, tabbed, text_file, word_file


@pytest.fixture
def expected(tmp_path: Path) -> list[tuple[object, ...]]:
    return facts(read_plan(word_file(tmp_path, TITLE, ROWS, name="原稿.docx")))


class TestTexts:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
    def test_the_encoding_does_not_matter(
        self, encoding: str, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        assert facts(read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(ROWS)}", encoding))) == expected

    def test_a_big5_text_in_traditional_characters_is_read_in_simplified_ones(self, tmp_path: Path) -> None:
        rows = (
            ["序號", "任務事項", "具體要求", "責任單位", "完成時限"],
            ["1", "曬清單", "公布辦事清單，為企業和群眾提供指引。", "市數據局、市司法局", "6月底前"],
        )
        path = text_file(tmp_path, f"2026年雲川市政務公開工作任務分解表\n{tabbed(rows)}", "big5")
        plan = read_plan(path)
        assert (plan.info.title, plan.items[0].task) == (TITLE, "晒清单")
        assert plan.items[0].requirement == "公布办事清单，为企业和群众提供指引。"
        assert plan.items[0].responsible == ("市数据局", "市司法局")

    @pytest.mark.parametrize("text", ["实施方案?；鶎诱展_标准化", "三?。ㄈ┲厮芾", "公开锟斤拷目录", "公\ufffd开"])
    def test_characters_that_a_wrong_encoding_destroyed_are_noticed(self, text: str) -> None:
        assert garbled(f"做好{text}的工作")

    def test_sound_texts_are_not_taken_for_destroyed_ones(self) -> None:
        assert not garbled("办好“一件事”怎么办?按A_B两类（试行）办理；网址见/gov_open/，比例不低于60%。")

    def test_a_simplified_text_keeps_its_few_old_characters(self, tmp_path: Path) -> None:
        text = "由朱鎔基、陶喆两位同志牵头，做好著作权登记和乾隆年间档案的公开工作，方便群众查阅和利用。"
        assert paragraphs(read_document(text_file(tmp_path, text))) == [text]

    def test_markdown_marks_are_no_text(self, expected: list[tuple[object, ...]], tmp_path: Path) -> None:
        def line(row: list[str]) -> str:
            return f"| {' | '.join('' if cell == UP else cell for cell in row)} |"

        head, *body = ROWS
        table = "\n".join([line(head), "|---" * 5 + "|", *map(line, body)])
        path = text_file(tmp_path, f"# **{TITLE}**\n\n> 说明\n\n{table}\n", name="要点.md")
        assert (facts(read_plan(path)), read_plan(path).info.title) == (expected, TITLE)

    def test_an_extractor_that_leaves_merged_cells_out_and_breaks_rows(self, tmp_path: Path) -> None:
        text = (
            "序号 | 工作内容 | 牵头单位 | 责任单位 | |\n"
            "1\n| 晒清单 | （一）公布办事清单，并及时更新。 | 市数据局\n| 市司法局 |\n"
            "（二）更新办事指南，方便群众查阅。 | 市司法局 | 各街道 | ||\n"
            "2 | 开放日 | （三）办一次开放日，邀请群众参加。 | 市数据局 | 各街道 |\n备注：以上从今年起实行。\n"
        )
        document = read_document(text_file(tmp_path, text))
        assert texts(document) == [
            ["序号", "工作内容", "<", "牵头单位", "责任单位"],
            ["1", "晒清单", "（一）公布办事清单，并及时更新。", "市数据局", "市司法局"],
            ["^", "^", "（二）更新办事指南，方便群众查阅。", "市司法局", "各街道"],
            ["2", "开放日", "（三）办一次开放日，邀请群众参加。", "市数据局", "各街道"],
        ]
        assert paragraphs(document) == ["备注：以上从今年起实行。"]

    def test_every_cell_and_every_bar_on_a_line_of_its_own(self, tmp_path: Path) -> None:
        cells = [
            "任务",
            "要求",
            "单位",
            "甲",
            "1",
            "公布甲类清单。",
            "市数据局",
            "乙",
            "2",
            "公布乙类清单。",
            "市司法局",
        ]
        document = read_document(text_file(tmp_path, "要点\n" + "".join(f"{cell}\n|\n" for cell in cells)))
        assert texts(document) == [
            ["任务", "要求", "<", "单位"],
            ["甲", "1", "公布甲类清单。", "市数据局"],
            ["乙", "2", "公布乙类清单。", "市司法局"],
        ]

    def test_columns_of_spaces_with_cells_that_wrap_are_read_with_a_doubt(self, tmp_path: Path) -> None:
        text = (
            "序号  任务事项  具体要求          责任单位\n"
            "1     晒清单    公布办事清单，    市数据局\n"
            "                并及时更新。\n"
            "2     开放日    办一次开放日。    各街道\n"
        )
        document = read_document(text_file(tmp_path, text))
        assert texts(document)[1:] == [
            ["1", "晒清单", "公布办事清单，\n并及时更新。", "市数据局"],
            ["2", "开放日", "办一次开放日。", "各街道"],
        ]
        assert [bool(row.doubt) for row in document.tables[0].rows] == [False, True, False]

    def test_a_line_of_navigation_is_no_table(self, tmp_path: Path) -> None:
        document = read_document(text_file(tmp_path, "首页 | 要闻 | 公开 | 服务\n正文从这里开始。\n"))
        assert not any(isinstance(block, Table) for block in document.blocks)
