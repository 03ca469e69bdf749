"""Pictures in a returned workbook: in cells as WPS keeps them, over the cells, and in old formats."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from openpyxl.drawing.image import Image
from PIL import Image as Pillow

from flows.ledger import layout
from flows.ledger.reader import read_returned
from flows.ledger.writer import render
from tests.ledger.samples import COMPLETE, SECRET, by_person, ledger, opened, resaved, saved, types
from tests.ledger.test_forms_workbooks import with_part

ISSUED = render(ledger(), SECRET)


# Pictures and text boxes


def png(colour: str) -> bytes:
    stream = io.BytesIO()
    Pillow.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue()


_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def with_wps_pictures(data: bytes, images: Mapping[str, bytes]) -> bytes:
    """As WPS stores pictures in cells: xl/cellimages.xml, its relations and the media."""
    cells, links = "", ""
    parts: dict[str, bytes] = {}
    for number, (name, image) in enumerate(images.items(), 1):
        cells += (
            f'<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{number}" name="{name}"/></xdr:nvPicPr>'
            f'<xdr:blipFill><a:blip r:embed="rId{number}"/></xdr:blipFill></xdr:pic></etc:cellImage>'
        )
        links += f'<Relationship Id="rId{number}" Type="{_R}/image" Target="media/image{number}.png"/>'
        parts[f"xl/media/image{number}.png"] = image
    parts["xl/cellimages.xml"] = (
        f'<etc:cellImages xmlns:xdr="{_XDR}" xmlns:r="{_R}" xmlns:a="{_A}"'
        f' xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData">{cells}</etc:cellImages>'
    ).encode()
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["xl/_rels/cellimages.xml.rels"] = f'<Relationships xmlns="{space}">{links}</Relationships>'.encode()
    return with_part(data, **parts)


def test_pictures_that_wps_keeps_in_cells_are_taken_out_with_their_rows() -> None:
    data = by_person(
        ISSUED,
        *COMPLETE,
        types("2.1", 佐证材料='=_xlfn.DISPIMG("ID_AAA",1)'),
        types("2.2", 佐证材料='=DISPIMG("ID_BBB",1)'),
    )
    images = {"ID_AAA": png("red"), "ID_BBB": png("blue"), "ID_CCC": png("green"), "ID_DDD": b"MZ no picture"}
    found = read_returned(with_wps_pictures(data, images), "回复.xlsx")
    assert [(one.name, one.sheet, one.row, one.data) for one in found.pictures] == [
        ("佐证_第6行_1.png", layout.SHEET, 6, png("red")),
        ("佐证_第7行_1.png", layout.SHEET, 7, png("blue")),
        ("佐证_表外_1.png", "", None, png("green")),
    ]
    assert found.remarks == ("文件里有 1 个图片格式不明，没有取出",)
    assert not any(line.faults for table in found.tables for line in table.rows), "a picture is no broken formula"


def test_pictures_over_the_cells_are_taken_out_and_text_boxes_told() -> None:
    book = opened(by_person(ISSUED, *COMPLETE))
    for place, colour in (("L7", "red"), ("L7", "blue"), ("A1", "white")):
        book[layout.SHEET].add_image(Image(io.BytesIO(png(colour))), place)

    def box(drawing: bytes) -> bytes:
        shape = (
            "<xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>8</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p>"
            "<a:r><a:t>本月工作</a:t></a:r><a:r><a:t>已全部完成</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:oneCellAnchor>"
        )
        end = drawing.rfind(b"</")
        spaces = f' xmlns:xdr="{_XDR}" xmlns:a="{_A}"><xdr:from>'
        return drawing[:end] + shape.replace("><xdr:from>", spaces, 1).encode() + drawing[end:]

    found = read_returned(with_part(saved(book), **{"xl/drawings/drawing1.xml": box}), "回复.xlsx")
    assert [(one.name, one.row) for one in found.pictures[:2]] == [("佐证_第7行_1.png", 7), ("佐证_第7行_2.png", 7)]
    assert [one.row for one in found.pictures[2:]] == [None], "a picture above the table belongs to no row"
    assert found.remarks == ("文件里有文本框：“本月工作已全部完成”，未计入",)


def test_pictures_of_an_old_workbook_are_mentioned(tmp_path: Path) -> None:
    for kind in ("xls", "ods"):
        book = opened(by_person(ISSUED, *COMPLETE))
        book[layout.SHEET].add_image(Image(io.BytesIO(png("red"))), "L7")
        found = read_returned(resaved(saved(book), kind, tmp_path / kind), f"回复.{kind}")
        assert "图片" in found.remarks[0]
        assert len(found.tables) == 1
