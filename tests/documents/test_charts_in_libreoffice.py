"""LibreOffice and the charts: drawn in place, with room for the imprint, and still there when saved again."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pymupdf
import pytest

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.documents.render import to_pdf
from tests.documents.charting import (
    MM,
    C,
    charts_of,
    contents,
    many,
    month_before,
    relations,
    values,
    write_busy,
)
from tests.documents.months import CONFIG
from tests.needs import soffice


@pytest.fixture(scope="module")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_busy(tmp_path_factory.mktemp("通报"))


def test_libreoffice_draws_the_charts_and_the_imprint_stays_on_the_foot(bulletin: Path) -> None:
    soffice()
    pdf = to_pdf(bulletin)
    assert pdf is not None
    with pymupdf.open(pdf) as document:
        pages = [page for page in document if re.search("^图[1-4]", page.get_text(), re.MULTILINE)]
        text = "".join(page.get_text() for page in pages).replace(" ", "")
        assert all(word in text for word in ("已完成6项", "白水县", "78.6%", "有逾期任务的单位", "13.3%", "图4"))
        assert [page.number for page in pages] == [len(document) - 2, len(document) - 1]
        assert pages[0].get_text().startswith("附件")
        blue = [d["rect"] for d in pages[1].get_drawings() if d.get("fill") and _is(d["fill"], "5B9BD5")]
        assert len(blue) > 5
        assert all(rect.x0 >= 28 * MM and rect.x1 <= 184.5 * MM for rect in blue)
        rules = [d["rect"] for d in document[-1].get_drawings() if d["rect"].width > 150 * MM]
        assert max(rect.y1 for rect in rules) / MM == pytest.approx(262, abs=1.5)


def _is(fill: tuple[float, ...], color: str) -> bool:
    return all(abs(part - int(color[i : i + 2], 16) / 255) < 0.01 for part, i in zip(fill, (0, 2, 4), strict=True))


@pytest.mark.parametrize(("units", "months"), [(3, True), (8, True), (14, True), (16, False), (20, True)])
def test_charts_of_any_height_leave_room_for_the_imprint(tmp_path: Path, units: int, months: bool) -> None:
    soffice()
    month = many(units)
    if months:
        month = replace(month, previous=month_before(), previous_period="2026-09")
    write_bulletin(month, CONFIG, TEMPLATE, tmp_path / "通报.docx")
    pdf = to_pdf(tmp_path / "通报.docx")
    assert pdf is not None
    with pymupdf.open(pdf) as document:
        last = document[-1]
        rules = sorted(d["rect"].y1 / MM for d in last.get_drawings() if d["rect"].width > 150 * MM)
        captions = [page.number for page in document for word in re.findall(r"(?m)^图\d", page.get_text())]
        assert len(captions) == 2 + months
        lowest = [block[3] / MM for block in last.get_text("blocks") if re.match(r"图\d", block[4])]
        assert rules[-1] == pytest.approx(262, abs=1.5)
        assert lowest, "版记 stands on a page with a chart, not alone"
        assert all(foot <= rules[-3] + 0.5 for foot in lowest)


def test_libreoffice_saves_the_document_again_with_its_charts(bulletin: Path, tmp_path: Path) -> None:
    profile = (tmp_path / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx:MS Word 2007 XML"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(bulletin)], check=True, capture_output=True, timeout=180)
    again = tmp_path / bulletin.name
    before, after = charts_of(bulletin), charts_of(again)
    assert [values(chart) for chart in after] == [values(chart) for chart in before]
    kinds = [[node.tag for node in chart.iter(f"{C}doughnutChart", f"{C}barChart", f"{C}lineChart")] for chart in after]
    assert kinds == [[f"{C}{kind}"] for kind in ("doughnutChart", "barChart", "barChart", "lineChart")]
    pieces = contents(again)
    for number in (1, 2, 3, 4):
        (book,) = relations(pieces, f"word/charts/chart{number}.xml").values()
        assert openpyxl.load_workbook(BytesIO(pieces[book])).sheetnames == ["数据"], "still to be edited in Word"
    assert "PAGE" in contents(again)["word/footer1.xml"].decode() + contents(again)["word/footer2.xml"].decode()
