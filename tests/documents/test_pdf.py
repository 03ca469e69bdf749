"""PDFs beside the documents: of this very document or none, many in one run, every text of a unit in them."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import date
from pathlib import Path

import pymupdf
import pytest

from flows.documents import pdf as module
from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.documents.notice import write_notice
from flows.documents.notice_templates import FOLDER
from flows.documents.pdf import print_all, take_away_pdf
from flows.problems import UserError
from flows.standing.escalation import Level
from tests.documents.months import CONFIG
from tests.documents.test_any_text import NASTY, month_of
from tests.documents.test_notices import content
from tests.needs import soffice
from tests.office import fill, moving, new_office

VISIBLE = {name: re.sub(r"[\W_\ud800-\udfff\ufffe\uffff]+", "", text) for name, text in NASTY.items()}


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A LibreOffice that says what it was asked for and copies each document; one called 坏 kills it."""
    if sys.platform == "win32":
        pytest.skip("测试用的是 Unix 的脚本")
    program, calls = tmp_path / "bin" / "soffice", tmp_path / "calls"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho run >> "{calls}"\nout="$6"\nshift 6\nmkdir -p "$out"\nfor each in "$@"; do\n'
        '  grep -q broken "$each" && exit 81\n'
        '  name=$(basename "$each" .docx)\n  { echo "%PDF of"; cat "$each"; echo; echo "%%EOF"; } > "$out/$name.pdf"\n'
        "done\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setattr(module, "find_soffice", lambda: program)
    return calls


def documents(folder: Path, *contents: str) -> list[Path]:
    made = [folder / f"督办〔2026〕{place}号.docx" for place, _ in enumerate(contents, 1)]
    for path, text in zip(made, contents, strict=True):
        path.write_text(text, encoding="utf-8")
    return made


def test_many_documents_are_printed_in_one_run_and_not_again_until_they_change(tmp_path: Path, converter: Path) -> None:
    files = documents(tmp_path, "甲", "乙", "丙")
    assert print_all(files).pdfs == {file: file.with_suffix(".pdf") for file in files}
    before = files[0].with_suffix(".pdf").read_bytes()
    assert print_all(files).pdfs.keys() == set(files)
    assert converter.read_text() == "run\n"
    files[1].write_text("改过的乙", encoding="utf-8")
    assert len(print_all(files).pdfs) == 3
    assert converter.read_text() == "run\nrun\n"
    assert "改过的乙" in files[1].with_suffix(".pdf").read_text(encoding="utf-8")
    assert files[0].with_suffix(".pdf").read_bytes() == before


def test_a_document_that_breaks_libreoffice_costs_the_others_nothing(tmp_path: Path, converter: Path) -> None:
    files = documents(tmp_path, "甲", "broken", "丙")
    files[1].with_suffix(".pdf").write_bytes(b"%PDF old\n%taizhang sha256 " + b"0" * 64 + b"\n")
    printed = print_all(files)
    assert printed.failed == (files[1],)
    assert set(printed.pdfs) == {files[0], files[2]}
    assert not files[1].with_suffix(".pdf").exists(), "no stale PDF beside a newer document"


def test_without_libreoffice_or_when_none_is_wanted_no_stale_pdf_stays(tmp_path: Path, converter: Path) -> None:
    (file,) = documents(tmp_path, "甲")
    print_all([file])
    file.write_text("改过", encoding="utf-8")
    assert print_all([file], wanted=False).pdfs == {}
    assert not file.with_suffix(".pdf").exists()


def test_a_pdf_of_the_office_s_own_is_put_aside(tmp_path: Path) -> None:
    (file,) = documents(tmp_path, "甲")
    own = file.with_suffix(".pdf")
    for number in (1, 2):
        own.write_bytes(b"%PDF scanned, with seal")
        take_away_pdf(file)
        assert not own.exists()
        assert own.with_stem(f"{own.stem}_原{number}").read_bytes() == b"%PDF scanned, with seal"


def test_an_open_pdf_stops_before_the_document_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = documents(tmp_path, "甲")
    file.with_suffix(".pdf").write_bytes(b"%PDF")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(UserError, match="正在被打开"):
        take_away_pdf(file)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a bulletin and a notice with each text say on paper, without blanks and marks."""
    soffice()
    folder = tmp_path_factory.mktemp("文字")
    for name, text in NASTY.items():
        write_bulletin(month_of(text), CONFIG, TEMPLATE, folder / f"通报_{name}.docx", number=5)
        words = content(Level.THIRD, words=text)
        write_notice(FOLDER / "督办单.docx", words, folder / f"督办_{name}.docx", date(2026, 11, 2))
    printed = print_all(sorted(folder.glob("*.docx")))
    assert printed.failed == ()
    found = {}
    for docx, pdf in printed.pdfs.items():
        with pymupdf.open(pdf) as document:
            said = "".join(re.sub(r"— ?\d+ ?—", "", page.get_text()) for page in document)
        found[docx.stem] = re.sub(r"[\W_]+", "", said)
    return found


@pytest.mark.parametrize("name", NASTY)
def test_what_units_write_is_on_paper_and_the_document_goes_on_behind_it(nasty: dict[str, str], name: str) -> None:
    bulletin, notice = nasty[f"通报_{name}"], nasty[f"督办_{name}"]
    assert VISIBLE[name][:100] in bulletin
    assert VISIBLE[name][:50] in notice
    assert bulletin.count("附件4") == 1
    assert bulletin.endswith("印发")
    assert "联系电话00000000000" in notice
    if name == "long":
        assert bulletin.count("写") > 17_000  # every cell's words, of which some are cut to their length in the text


def test_a_month_s_documents_have_pdfs_and_its_result_names_them(tmp_path: Path) -> None:
    soffice()
    office = new_office(tmp_path)
    office.configure(bulletin={"pdf": True})
    office.adopt()
    sent = office.json("distribute", "要点", "--period", "2026-10", "--no-send")
    inbox = tmp_path / "收"
    fill(Path(sent["workbooks"][0]["file"]), inbox / "甲.xlsx", moving())
    office.json("collect", "要点", "--period", "2026-10", "--from", inbox)
    made = office.json("report", "要点", "--period", "2026-10", "--as-of", "2026-10-31", "--signed", "2026-11-02")
    assert Path(made["pdf"]) == Path(made["bulletin"]).with_suffix(".pdf")
    assert made["notices"]
    assert {Path(each["pdf"]) for each in made["notices"]} == {
        Path(each["file"]).with_suffix(".pdf") for each in made["notices"]
    }
    assert made["pdf_failed"] == []
    with pymupdf.open(made["pdf"]) as document:
        assert "落实情况的通报" in document[0].get_text().replace("\n", "")
    shutil.copyfile(made["master"], tmp_path / "总台账.xlsx")
    office.configure(bulletin={"pdf": False})
    again = office.json("report", "要点", "--period", "2026-10", "--as-of", "2026-10-31", "--signed", "2026-11-03")
    assert again["pdf"] is None
    assert not Path(made["pdf"]).exists()
