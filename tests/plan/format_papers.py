"""One small plan and the tools to save it in the formats that offices send."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from flows.plan.documents import Document, Paragraph
from flows.plan.model import Plan
from tests.needs import shared, soffice
from tests.plan.papers import UP

TITLE = "2026年云川市政务公开工作任务分解表"
ROWS = (
    ["序号", "任务事项", "具体要求", "责任单位", "完成时限"],
    ["1", "晒清单", "公布办事清单。", "市数据局、市司法局", "6月底前"],
    [UP, UP, "更新办事指南。", "市司法局", "全年"],
    ["2", "开放日", "办一次开放日。", "各街道", "9月底前"],
)


def facts(plan: Plan) -> list[tuple[object, ...]]:
    return [(i.no, i.task, i.requirement, i.lead, i.responsible, i.deadline) for i in plan.items]


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
