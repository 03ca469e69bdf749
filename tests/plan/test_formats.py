"""The same plan in every format that offices send, and files that are no plan at all."""

from __future__ import annotations

import json
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from flows.plan import documents
from flows.plan.documents import Document, Paragraph, Table, read_document
from flows.plan.documents.old_word import read_old_word
from flows.plan.model import Plan
from flows.plan.reader import read_plan
from flows.plan.script import garbled
from flows.problems import UserError
from tests.needs import shared, soffice
from tests.plan.papers import UP, excel_file, tabbed, text_file, word_file

TITLE = "2026年云川市政务公开工作任务分解表"
ROWS = (
    ["序号", "任务事项", "具体要求", "责任单位", "完成时限"],
    ["1", "晒清单", "公布办事清单。", "市数据局、市司法局", "6月底前"],
    [UP, UP, "更新办事指南。", "市司法局", "全年"],
    ["2", "开放日", "办一次开放日。", "各街道", "9月底前"],
)


def facts(plan: Plan) -> list[tuple[object, ...]]:
    return [(i.no, i.task, i.requirement, i.lead, i.responsible, i.deadline) for i in plan.items]


@pytest.fixture
def expected(tmp_path: Path) -> list[tuple[object, ...]]:
    return facts(read_plan(word_file(tmp_path, TITLE, ROWS, name="原稿.docx")))


def convert(path: Path, ending: str, folder: Path) -> Path:
    target = folder / "out"
    profile = (folder / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", str(target), str(path)], check=True, capture_output=True, timeout=180)
    return target / f"{path.stem}.{ending.partition(':')[0]}"


def ruled(path: Path) -> Path:
    """The Word file with rules around the cells of its tables."""
    import docx

    document = docx.Document(str(path))
    for table in document.tables:
        table.style = "Table Grid"
    document.save(str(path))
    return path


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def texts(document: Document) -> list[list[str]]:
    return [["^" if c.above else "<" if c.beside else c.text for c in row.cells] for row in document.tables[0].rows]


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


def gold(name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(shared("gold", name).read_text(encoding="utf-8"))["items"]
    for item in items:
        item.pop("note", None)
    return items


def page_table(rows: object) -> str:
    """Rows as an HTML table without any merge: a blank cell stands where the merge goes on."""
    assert isinstance(rows, tuple)
    lines = ("".join(f"<td>{'' if cell == UP else cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


class TestPdf:
    def test_the_real_pdf_is_the_plan_the_clerk_wrote_down(self) -> None:
        path = shared("seeds", "documents", "zhanjiang.pdf")
        start = time.perf_counter()
        plan = read_plan(path)
        assert time.perf_counter() - start < 2
        assert plan.as_dict()["items"] == gold("004.json")
        assert {doubt.no for doubt in plan.doubts} <= {"13", "14", "26", "27"}

    def test_rows_that_pages_cut_are_one_row_again(self, tmp_path: Path) -> None:
        long = "，".join(f"第{n}类事项由承办单位逐条梳理后在网站专栏公布" for n in range(1, 13)) + "。"
        rows = [
            ROWS[0],
            *([str(n), f"任务{n}", long, "市文化广电旅游体育局、市数据局", "9月底前"] for n in range(1, 13)),
        ]
        original = ruled(word_file(tmp_path, TITLE, rows))
        plan = read_plan(convert(original, "pdf", tmp_path))
        assert facts(plan) == facts(read_plan(original))

    def test_a_table_without_rules_is_read_by_its_columns_and_every_row_is_doubted(
        self, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        plan = read_plan(convert(word_file(tmp_path, TITLE, ROWS), "pdf", tmp_path))
        assert facts(plan) == expected
        assert {doubt.no for doubt in plan.doubts} == {item.no for item in plan.items}

    def test_page_numbers_and_running_heads_are_no_text(self, tmp_path: Path) -> None:
        pages = [[f"第{n}段从这里开始，写满一整行以后再换到下一行，直到这一段的文字结束为止。"] for n in range(1, 4)]
        document = read_document(pdf(tmp_path, pages, head="云川市人民政府公报"))
        assert paragraphs(document).count("云川市人民政府公报") == 1
        assert not any("— " in text for text in paragraphs(document))

    def test_a_scanned_pdf_is_refused_and_says_what_helps(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="扫描件") as refused:
            read_plan(pdf(tmp_path, [[]], picture=True))
        assert "OCR" in refused.value.hint

    def test_a_page_that_is_a_picture_is_named(self, tmp_path: Path) -> None:
        text = ["这一页是有文字的，文字足够多，可以读出来。"]
        document = read_document(pdf(tmp_path, [text, []], picture=True))
        assert any("第2页是图片" in doubt for doubt in document.doubts)

    def test_a_pdf_that_was_not_downloaded_to_its_end_is_doubted(self, tmp_path: Path) -> None:
        path = pdf(tmp_path, [["这一页是有文字的，文字足够多，可以读出来。"]])
        path.write_bytes(path.read_bytes().rpartition(b"%%EOF")[0])
        assert any("没有下载完整" in doubt for doubt in read_document(path).doubts)

    def test_a_protected_pdf_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="密码"):
            read_plan(pdf(tmp_path, [["有密码"]], password="secret"))

    def test_a_damaged_pdf_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "要点.pdf"
        path.write_bytes(b"%PDF-1.7\n" + b"\x01\x02" * 200)
        with pytest.raises(UserError, match=r"损坏|扫描件"):
            read_plan(path)


def pdf(folder: Path, pages: list[list[str]], *, head: str = "", picture: bool = False, password: str = "") -> Path:
    """A PDF of lines with page numbers; ``picture`` puts a grey image over pages without lines."""
    import pymupdf

    book = pymupdf.open()
    for number, lines in enumerate(pages, 1):
        page = book.new_page()
        if not lines and picture:
            grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 80))
            grey.clear_with(200)
            page.insert_image(page.rect, pixmap=grey)
            continue
        if head:
            page.insert_text((200, 40), head, fontname="china-s")
        for at, line in enumerate(lines):
            page.insert_text((72, 120 + 20 * at), line, fontname="china-s", fontsize=10)
        page.insert_text((280, 810), f"— {number} —", fontname="china-s")
    path = folder / "要点.pdf"
    options = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password, "owner_pw": password} if password else {}
    book.save(path, **options)
    return path


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
