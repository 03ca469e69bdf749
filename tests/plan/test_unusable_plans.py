"""Files that hold no plan, and sound plans in files that are hard to read."""

from __future__ import annotations

import re
import subprocess
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.needs import soffice
from tests.plan.layout_papers import HEAD, MERGED, TITLE
from tests.plan.papers import excel_file, text_file, word_file


class TestRefusals:
    def refusal(self, path: Path) -> str:
        with pytest.raises(UserError) as caught:
            read_plan(path)
        assert caught.value.hint
        return caught.value.sentence

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert "找不到文件" in self.refusal(tmp_path / "没有.docx")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "文件夹" in self.refusal(tmp_path)

    def test_an_empty_file(self, tmp_path: Path) -> None:
        assert "空文件" in self.refusal(text_file(tmp_path, ""))

    @pytest.mark.parametrize("name", ["要点.jpg", "要点"])
    def test_a_format_nobody_reads(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)))
        assert self.refusal(path)

    @pytest.mark.parametrize("name", ["要点.docx", "要点.xlsx", "要点.xls"])
    @pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, b"hello"])
    def test_a_damaged_file(self, name: str, data: bytes, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        assert self.refusal(path)

    def test_a_picture_called_text(self, tmp_path: Path) -> None:
        path = tmp_path / "要点.txt"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xd8\x00\xdc" + bytes(range(256)))
        assert self.refusal(path)

    def test_a_letter_without_a_table(self, tmp_path: Path) -> None:
        assert "没有找到任务表" in self.refusal(word_file(tmp_path, "会议通知", "请各单位准时参加。"))

    def test_a_table_that_is_no_task_table(self, tmp_path: Path) -> None:
        rows = (["姓名", "电话"], ["张某", "略"])
        assert "没有找到任务表" in self.refusal(word_file(tmp_path, "通讯录", rows))

    def test_a_task_table_without_units(self, tmp_path: Path) -> None:
        rows = (["序号", "任务事项", "具体要求", "完成时限"], ["1", "甲", "甲事。", "全年"])
        assert "没有责任单位栏" in self.refusal(word_file(tmp_path, TITLE, rows))

    def test_a_header_with_nothing_below(self, tmp_path: Path) -> None:
        assert "没有任务" in self.refusal(word_file(tmp_path, TITLE, (HEAD, ["", "", "", "", ""])))


class TestHardFiles:
    def test_an_old_xls_is_read_with_its_merges(self, tmp_path: Path) -> None:
        path = excel_file(tmp_path, MERGED, title=TITLE)
        profile = (tmp_path / "profile").as_uri()
        command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xls", "--outdir"]
        subprocess.run([*command, str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
        plan = read_plan(path.with_suffix(".xls"))
        assert [(i.no, i.task) for i in plan.items] == [("1.1", "晒清单"), ("1.2", "晒清单"), ("2.1", "开放日")]

    def test_styles_that_wps_writes_are_no_obstacle(self, tmp_path: Path) -> None:
        path = excel_file(tmp_path, MERGED, title=TITLE)
        parts = {}
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        parts["xl/styles.xml"] = re.sub(rb"<fill>.*?</fill>", b"<fill/>", parts["xl/styles.xml"], count=1)
        with zipfile.ZipFile(path, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)
        plan = read_plan(path)
        assert [(i.no, i.task) for i in plan.items] == [("1.1", "晒清单"), ("1.2", "晒清单"), ("2.1", "开放日")]

    def test_a_stray_cell_at_the_end_of_the_sheet_costs_nothing(self, tmp_path: Path) -> None:
        path = excel_file(tmp_path, MERGED, title=TITLE)
        book = openpyxl.load_workbook(path)
        book["Sheet"]["XFD1048576"] = " "
        book.save(path)
        start = time.perf_counter()
        assert len(read_plan(path).items) == 3
        assert time.perf_counter() - start < 5

    def test_deleted_revisions_of_a_word_file_do_not_count(self, tmp_path: Path) -> None:
        path = word_file(tmp_path, TITLE, (HEAD, ["1", "甲", "公布清单。", "市数据局", "全年"]))
        parts = {}
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        document = parts["word/document.xml"].decode("utf-8")
        document = document.replace(
            "<w:t>公布清单。</w:t>",
            '</w:r></w:p><w:p><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:del w:id="1" w:author="某"><w:r>'
            '<w:delText>旧文。</w:delText></w:r></w:del><w:r><w:t>公布</w:t></w:r><w:ins w:id="2" w:author="某">'
            "<w:r><w:t>全部清单。</w:t></w:r></w:ins><w:r>",
        )
        parts["word/document.xml"] = document.encode("utf-8")
        with zipfile.ZipFile(path, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)
        assert read_plan(path).items[0].requirement == "公布全部清单。"
