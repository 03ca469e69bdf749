"""PDF files: pages that cut rows, tables without rules, scans, files that are damaged or protected."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flows.plan.documents import read_document
from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.needs import shared
from tests.plan.format_papers import ROWS, TITLE, convert, facts, gold, paragraphs, ruled
from tests.plan.papers import word_file


@pytest.fixture
def expected(tmp_path: Path) -> list[tuple[object, ...]]:
    return facts(read_plan(word_file(tmp_path, TITLE, ROWS, name="原稿.docx")))


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
