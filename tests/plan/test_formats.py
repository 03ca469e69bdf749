"""The same plan in every format that offices send, and files that are no plan at all."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flows.plan import documents
from flows.plan.documents import read_document
from flows.plan.documents.old_word import read_old_word
from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.needs import shared
from tests.plan.format_papers import ROWS, TITLE, convert, facts, gold, page_table, paragraphs, ruled, texts
from tests.plan.papers import excel_file, tabbed, text_file, word_file


@pytest.fixture
def expected(tmp_path: Path) -> list[tuple[object, ...]]:
    return facts(read_plan(word_file(tmp_path, TITLE, ROWS, name="原稿.docx")))


class TestOfficeFormats:
    @pytest.mark.parametrize("ending", ["pdf", "rtf", "odt", "doc", "html"])
    def test_word_saved_as_something_else_is_the_same_plan(
        self, ending: str, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        made = convert(ruled(word_file(tmp_path, TITLE, ROWS)), ending, tmp_path)
        plan = read_plan(made)
        assert (facts(plan), plan.info.title, plan.source) == (expected, TITLE, made.name)
        assert plan.doubts == ()

    @pytest.mark.parametrize("ending", ["xls", "ods"])
    def test_excel_saved_as_something_else_is_the_same_plan(
        self, ending: str, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        plan = read_plan(convert(excel_file(tmp_path, ROWS, title=TITLE), ending, tmp_path))
        assert (facts(plan), plan.info.title, plan.doubts) == (expected, TITLE, ())

    def test_a_file_is_what_it_holds_whatever_it_is_named(
        self, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        for original, name in (
            (word_file(tmp_path, TITLE, ROWS), "要点.doc"),
            (excel_file(tmp_path, ROWS, title=TITLE), "要点.et"),
            (text_file(tmp_path, f"{TITLE}\n{tabbed(ROWS)}", name="文本.txt"), "要点.xls"),
            (text_file(tmp_path, f"<html><p>{TITLE}</p>{page_table(ROWS)}</html>", name="网页.txt"), "要点.wps"),
        ):
            assert facts(read_plan(original.rename(tmp_path / name))) == expected

    def test_an_old_word_file_is_read_without_libreoffice_too(
        self, expected: list[tuple[object, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = convert(word_file(tmp_path, TITLE, ROWS), "doc", tmp_path)
        monkeypatch.setattr(documents, "find_soffice", lambda: None)
        assert facts(read_plan(made)) == expected

    def test_rich_text_without_libreoffice_is_a_sentence_that_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("flows.plan.documents.office.find_soffice", lambda: None)
        path = text_file(tmp_path, r"{\rtf1\ansi plan}", name="要点.rtf")
        with pytest.raises(UserError, match="LibreOffice") as refused:
            read_plan(path)
        assert "另存为 .docx" in refused.value.hint

    def test_the_real_old_word_files_keep_their_merged_cells(self, tmp_path: Path) -> None:
        made = convert(shared("seeds", "documents", "yichun.docx"), "doc", tmp_path)
        assert read_plan(made).as_dict()["items"] == gold("003.json")
        assert sum(len(table.rows) for table in read_old_word(made)[0].tables) == 54


class TestWebPages:
    PAGE = """<html><head><meta charset="gb2312"><title>首页</title><script>var a = "<table>";</script></head><body>
    <div class="nav"><a href="#">首页</a> <a href="#">要闻</a></div>
    <table width="960"><tr><td><h1>2026年云川市政务公开工作任务分解表</h1>
    <table border="1"><tr><th>序号</th><th>任务事项</th><th>具体要求</th><th>责任单位</th><th>完成时限</th></tr>
    <tr><td rowspan="2">1</td><td rowspan="2">晒清单</td><td>公布办事
    清单。</td><td>市数据局<br>市司法局</td><td>6月底前</td></tr>
    <tr><td>更新办事指南。</td><td>市司法局</td><td>全年</td></tr>
    <tr><td>2</td><td>开放日</td><td><p>办一次开放日。</p></td><td>各街道</td><td>9月底前</td></tr></table>
    </td></tr></table><p>上一篇：没有了　下一篇：通知</p><p>【打印】【关闭】</p>
    <div class="footer">主办单位：云川市人民政府办公室</div></body></html>"""

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
    def test_a_saved_page_is_its_table_without_the_navigation(
        self, encoding: str, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        path = text_file(tmp_path, self.PAGE, encoding, "要点.html")
        assert facts(read_plan(path)) == expected
        assert not any(word in read_document(path).text for word in ("首页", "主办单位", "上一篇", "打印"))

    def test_a_page_saved_as_one_file(self, expected: list[tuple[object, ...]], tmp_path: Path) -> None:
        from email.message import EmailMessage

        message = EmailMessage()
        message["Subject"] = "page"
        message.set_content(self.PAGE, subtype="html", charset="gb18030")
        message.make_related()
        path = tmp_path / "要点.mht"
        path.write_bytes(message.as_bytes())
        assert facts(read_plan(path)) == expected

    def test_numbers_of_a_list_are_read_as_they_are_shown(self, tmp_path: Path) -> None:
        page = "<p>要求</p><ol start='3'><li>公开目录<li>更新指南</ol>"
        assert paragraphs(read_document(text_file(tmp_path, page, name="a.html"))) == [
            "要求",
            "3.公开目录",
            "4.更新指南",
        ]


class TestWord:
    def test_automatic_numbers_stand_in_the_text(self, tmp_path: Path) -> None:
        levels = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
        marked = [(0, "总体要求"), (0, "重点任务"), (1, "公开目录"), (2, "列出事项"), (2, "更新指南"), (1, "开放日")]
        path = word_xml(tmp_path, "".join(numbered(level, text) for level, text in marked), levels)
        assert paragraphs(read_document(path)) == [
            *("一、总体要求", "二、重点任务", "（一）公开目录", "1.列出事项", "2.更新指南", "（二）开放日"),
        ]

    def test_a_number_column_that_word_counts_itself_is_read(self, tmp_path: Path) -> None:
        rows = "".join(
            f"<w:tr><w:tc>{numbered(0, '')}</w:tc><w:tc><w:p>{run(text)}</w:p></w:tc></w:tr>"
            for text in ("甲事", "乙事")
        )
        document = read_document(word_xml(tmp_path, f"<w:tbl>{rows}</w:tbl>", (("decimal", "%1"),)))
        assert texts(document) == [["1", "甲事"], ["2", "乙事"]]

    def test_deleted_words_and_hidden_ones_are_gone_and_inserted_ones_stay(self, tmp_path: Path) -> None:
        body = (
            f"<w:p>{run('6月')}<w:del><w:r><w:delText>底前</w:delText></w:r></w:del><w:ins>{run('15日前')}</w:ins>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r></w:p>"
        )
        assert paragraphs(read_document(word_xml(tmp_path, body))) == ["6月15日前"]

    def test_a_text_box_is_read_once(self, tmp_path: Path) -> None:
        box = f"<w:txbxContent><w:p>{run('云川市文件')}</w:p></w:txbxContent>"
        body = (
            "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
            f"{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            f"{run('正文')}</w:p>"
        )
        assert paragraphs(read_document(word_xml(tmp_path, body))) == ["云川市文件", "正文"]

    def test_a_table_in_a_frame_is_the_table(self, tmp_path: Path) -> None:
        row = "".join(f"<w:tc><w:p>{run(text)}</w:p></w:tc>" for text in ("任务", "责任单位"))
        inner = f"<w:tbl><w:tr>{row}</w:tr><w:tr>{row}</w:tr></w:tbl>"
        body = f"<w:tbl><w:tr><w:tc><w:p>{run('标题')}</w:p>{inner}<w:p/></w:tc></w:tr></w:tbl>"
        document = read_document(word_xml(tmp_path, body))
        assert (paragraphs(document), texts(document)) == (["标题"], [["任务", "责任单位"]] * 2)

    def test_borders_that_were_shifted_by_a_hair_do_not_make_columns(self, tmp_path: Path) -> None:
        def row(*cells: tuple[str, int]) -> str:
            each = (
                f"<w:tc><w:tcPr><w:gridSpan w:val='{span}'/></w:tcPr><w:p>{run(text)}</w:p></w:tc>"
                for text, span in cells
            )
            return f"<w:tr>{''.join(each)}</w:tr>"

        grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in (2000, 80, 3000, 2500))
        body = (
            f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{row(('任务', 1), ('要求', 2), ('单位', 1))}"
            f"{row(('一、总体', 4))}{row(('甲', 2), ('甲事', 1), ('市数据局', 1))}"
            f"{row(('乙', 2), ('乙事市数据局', 2))}</w:tbl>"
        )
        assert texts(read_document(word_xml(tmp_path, body))) == [
            ["任务", "要求", "单位"],
            ["一、总体", "<", "<"],
            ["甲", "甲事", "市数据局"],
            ["乙", "乙事市数据局", "<"],
        ]

    def test_a_protected_word_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "要点.docx"
        stream = "\x00".join("EncryptedPackage\x00").encode("latin-1")
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500 + stream + b"\x00" * 500)
        with pytest.raises(UserError, match="密码"):
            read_plan(path)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def numbered(level: int, text: str) -> str:
    properties = f"<w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='1'/></w:numPr></w:pPr>"
    return f"<w:p>{properties}{run(text) if text else ''}</w:p>"


def word_xml(folder: Path, body: str, levels: tuple[tuple[str, str], ...] = ()) -> Path:
    """The smallest .docx around a body; ``levels`` are (number format, text) of its one list."""
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    each = "".join(
        f"<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{style}'/><w:lvlText w:val='{text}'/></w:lvl>"
        for at, (style, text) in enumerate(levels)
    )
    path = folder / "要点.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>")
        package.writestr(
            "word/numbering.xml",
            f"<w:numbering {names}><w:abstractNum w:abstractNumId='7'>{each}</w:abstractNum>"
            "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num></w:numbering>",
        )
    return path


class TestUnusableFiles:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("要点.docx", b"PK\x03\x04" + b"\x00" * 100),
            ("要点.xlsx", b"\x01\x02\x03\x04" * 300),
            ("要点.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000),
            ("要点.txt", bytes(range(256)) * 8),
            ("要点.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8),
            ("要点.ods", b"PK\x03\x04" + b"mimetype" * 30),
            ("要点.html", b"<html><body><script>load()</script></body></html>"),
        ],
    )
    def test_a_file_that_is_none_is_refused_in_chinese(self, name: str, data: bytes, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(UserError) as refused:
            read_plan(path)
        assert refused.value.hint

    def test_an_archive_is_named_as_one(self, tmp_path: Path) -> None:
        path = tmp_path / "要点.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("要点.txt", "要点")
        with pytest.raises(UserError, match="压缩包"):
            read_plan(path)
