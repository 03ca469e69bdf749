"""Charts of a written bulletin, looked into: what the tests of charts share."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import docx
from lxml import etree

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import bulletin_context, write_bulletin
from flows.ledger.model import Report, Status
from flows.progress import Snapshot, Totals
from flows.roster import Unit
from tests.documents.months import CONFIG, busy_month, cell, items, snapshot

OCTOBER = date(2026, 10, 31)
MM = 72 / 25.4
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def month_before() -> Totals:
    before = busy_month().previous
    assert before is not None
    return before


MONTHS = (("2026-07", replace(month_before(), done=0)), ("2026-08", replace(month_before(), done=2)))


def write_busy(folder: Path) -> Path:
    """The busy month, written with the packaged template."""
    out = folder / "通报.docx"
    write_bulletin(busy_month(), CONFIG, TEMPLATE, out, number=5, signed_on=date(2026, 11, 2), months=MONTHS)
    return out


def context(month: Snapshot) -> dict[str, object]:
    return bulletin_context(month, CONFIG, 5, OCTOBER, months=MONTHS)


def contents(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as package:
        assert package.testzip() is None
        assert len(package.namelist()) == len(set(package.namelist()))
        return {name: package.read(name) for name in package.namelist()}


def charts_of(path: Path) -> list[etree._Element]:
    """The chart parts of a document, in the order in which it shows them."""
    pieces = contents(path)
    targets = relations(pieces, "word/document.xml")
    shown = etree.fromstring(pieces["word/document.xml"]).iter(f"{C}chart")
    return [etree.fromstring(pieces[targets[chart.attrib[f"{R}id"]]]) for chart in shown]


def relations(pieces: dict[str, bytes], name: str) -> dict[str, str]:
    """Relationship id → part name, of one part."""
    folder, file = posixpath.split(name)
    rels = etree.fromstring(pieces.get(f"{folder}/_rels/{file}.rels", b"<none/>"))
    return {
        rel.attrib["Id"]: posixpath.normpath(posixpath.join(folder, rel.attrib["Target"])).lstrip("/")
        for rel in rels
        if rel.get("TargetMode") != "External"
    }


def values(chart: etree._Element) -> dict[str, float]:
    """Category → value of a chart, over all its series."""
    found = {}
    for series in chart.iter(f"{C}ser"):
        names = {p.attrib["idx"]: p[0].text or "" for p in series.iterfind(f"{C}cat//{C}pt")}
        found |= {names[p.attrib["idx"]]: float(p[0].text or "") for p in series.iterfind(f"{C}val//{C}pt")}
    return found


def words(path: Path) -> list[str]:
    return [p.text for p in docx.Document(str(path)).paragraphs]


def many(count: int) -> Snapshot:
    """``count`` departments, the n-th with n of ``count`` tasks done."""
    report = {True: Report(Status.DONE, 100, "已公开。", OCTOBER), False: Report(Status.MOVING, 20, "进行中。")}
    units = [Unit(f"市直第{n}局", "政府部门") for n in range(count)]
    return snapshot(
        [cell(u, i, report[k < n], OCTOBER) for k, i in enumerate(items(count)) for n, u in enumerate(units)]
    )
