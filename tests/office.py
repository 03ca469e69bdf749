"""An office in a temporary folder, and units that fill in what it sends: what end-to-end tests are written with."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import load_workbook

from flows.cli import execute
from flows.config import Mail
from flows.roster import COLUMNS
from flows.workspace import create_home

Row = dict[str, Any]
"""A task of a workbook by header word; what is put in is typed into the sheet."""

PLAN = """云川市2026年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t更新公开目录\t编制并公布本单位公开事项目录。\t市数据局\t各县（市、区）\t3月20日前
2\t更新公开目录\t目录有变化的及时调整。\t\t市政府各部门\t全年
3\t办好公开培训\t组织一次公开业务培训。\t\t各县（市、区）\t4月底前
4\t办好公开培训\t把培训课件放到网站。\t市数据局\t\t6月底前
"""

UNITS = (
    ("东山县人民政府", "东山县", "区县", "云川市", "dongshan@unit.example", "", ""),
    ("西河区人民政府", "西河区", "区县", "云川市", "xihe@unit.example", "", ""),
    ("市数据局", "", "政府部门", "云川市", "shuju@unit.example", "", ""),
    ("市财政局", "", "政府部门", "云川市", "caizheng@unit.example", "", ""),
)


@dataclass
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object of ``--json``."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Office:
    """A home and its commands, run as a clerk would, in this process."""

    home: Path
    engine: bool = False
    answers: str = "是\n"
    """What the clerk types when a command asks."""

    def run(self, *arguments: str | Path) -> Answer:
        """One command with ``--home``; without Prefect's engine unless the office was made with it."""
        out, err = io.StringIO(), io.StringIO()
        before = () if self.engine else ("--without-prefect",)
        with redirect_stdout(out), redirect_stderr(err), _typing(self.answers):
            code = execute([*before, "--home", str(self.home), *map(str, arguments)])
        return Answer(code, out.getvalue(), err.getvalue())

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        """The JSON object of a command that must not end as bad input."""
        answer = self.run(*arguments, "--json")
        assert answer.code in (0, 1), answer.err
        return answer.json

    def configure(self, **sections: Mapping[str, object]) -> None:
        """Set keys of config.toml, by section."""
        path = self.home / "config.toml"
        text = path.read_text(encoding="utf-8")
        for section, values in sections.items():
            head, mark, rest = text.partition(f"[{section}]\n")
            for key, value in values.items():
                shown = json.dumps(value, ensure_ascii=False)
                rest, count = re.subn(
                    rf"^{key} = .*$", lambda _, k=key, v=shown: f"{k} = {v}", rest, count=1, flags=re.M
                )
                assert count, key
            text = head + mark + rest
        path.write_text(text, encoding="utf-8")

    def use_mail(self, smtp: Mail, imap: Mail | None = None) -> None:
        """Send through (and collect from) servers of the test's own."""
        values = smtp.model_dump(include={"transport", "address", "smtp_host", "smtp_port", "smtp_security"})
        if imap:
            values |= imap.model_dump(include={"imap_host", "imap_port", "imap_security"})
        self.configure(mail=values | {"pause_seconds": 0.0})

    def adopt(self, plan: str = PLAN, slug: str = "要点", units: Iterable[tuple[str, ...]] = UNITS) -> dict[str, Any]:
        """Import a plan that one can read, with a small roster."""
        source = self.home / "要点.txt"
        source.write_text(plan, encoding="utf-8")
        return self.json("import", source, "--as", slug, "--roster", roster_file(self.home / "给定名录.xlsx", units))


@contextmanager
def _typing(answers: str) -> Iterator[None]:
    """A person (or a pipe) at stdin."""
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(answers.encode()), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def new_office(folder: Path, *, engine: bool = False) -> Office:
    """A fresh home with the packaged defaults, without PDFs: LibreOffice takes seconds for each round."""
    office = Office(create_home(folder / "办公室").root, engine)
    office.configure(bulletin={"pdf": False})
    return office


def roster_file(path: Path, units: Iterable[tuple[str, ...]] = UNITS) -> Path:
    """A roster workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("单位名录")
        for number, row in enumerate((COLUMNS, *units)):
            sheet.write_row(number, 0, row)
    return path


def fill(
    workbook: Path,
    out: Path,
    answer: Callable[[Row], Row | None],
    *,
    filler: str = "王敏",
    received: datetime | None = None,
) -> Path:
    """Type into a unit's workbook as a person does and save it as ``out``.

    ``answer`` gets each task's cells by header word and gives the cells to type, None for nothing.
    """
    book = load_workbook(workbook)
    sheet = book["工作台账"]
    header = next(r for r in sheet.iter_rows() if any(c.value == "任务编号" for c in r))
    places = {cell.value: cell.column for cell in header if cell.value}
    for number in range(header[0].row + 1, sheet.max_row + 1):
        row = {word: sheet.cell(number, column).value for word, column in places.items()}
        if row["任务编号"]:
            for word, value in (answer(row) or {}).items():
                sheet.cell(number, places[word]).value = value
    for cells in sheet.iter_rows(max_row=header[0].row):
        for cell in cells:
            if cell.value == "填报人":
                sheet.cell(cell.row, cell.column + 1).value = filler
    out.parent.mkdir(parents=True, exist_ok=True)
    book.save(out)
    if received:
        os.utime(out, (received.timestamp(), received.timestamp()))
    return out


def moving(text: str = "已印发方案，正在组织实施。") -> Callable[[Row], Row]:
    """Every task is on its way."""
    return lambda _row: {"完成状态": "推进中", "完成进度": 0.4, "进展情况": text}


def reply_mail(sender: str, file: Path, *, to: str, answers: str = "", subject: str = "报送台账") -> bytes:
    """A unit's mail with its workbook."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{file.stem.encode().hex()[:40]}@unit.example>"
    if answers:
        mail["In-Reply-To"] = answers
    mail.set_content("台账见附件。")
    mail.add_attachment(file.read_bytes(), maintype="application", subtype="octet-stream", filename=file.name)
    return mail.as_bytes()
