"""Reading 任务分解表.xlsx back: what the office changed counts, what it left alone is exactly what was imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.plan.checks import open_questions
from flows.plan.deadlines import ReadDeadline, read_deadline
from flows.plan.documents.excel import Sheet
from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind, Plan, PlanInfo
from flows.plan.numbering import finish
from flows.plan.review_layout import (
    COLUMNS,
    DOUBT_COLUMNS,
    DOUBTS,
    INFO,
    INFO_ROWS,
    KINDS,
    SOURCES,
    cells_of,
    doubt_line,
    field_of,
    is_confirmed,
    label_of,
    same,
    shown,
)
from flows.plan.review_sheet import Grid, Record, day_of, grid_of, open_sheets, read_record, task_grid
from flows.plan.textual import one_line
from flows.plan.units import split_names
from flows.problems import Problem, UserError


def read_review(path: Path) -> Plan:
    """The plan as 任务分解表.xlsx now says it.

    Cells that still show what was imported give back exactly that; edited cells win. A changed 时限原文 is read anew
    unless 截止日期 or 时限类型 was changed too. An imported doubt stays open while its line stands in 存疑 and its
    column is unchanged. UserError names the cells for content that cannot be used.
    """
    sheets = open_sheets(path)
    grid = task_grid(sheets, path.name)
    record = read_record(sheets)
    problems: list[Problem] = []
    info, source = _info(sheets.get(INFO), record, problems, path)
    rows = _Rows(grid, record, info, problems)
    rows.read()
    if problems:
        raise _refusal(path, problems)
    if not rows.items:
        raise UserError(f"{path.name} 里没有任务", "请恢复被删去的行，或重新运行 taizhang import")
    general = _general_doubts(sheets.get(DOUBTS), record, info)
    return Plan(source, info, tuple(rows.ordered()), _in_order(record, [*general, *rows.doubts]))


def _refusal(path: Path, problems: list[Problem]) -> UserError:
    first = problems[:3]
    rest = f"；另有 {len(problems) - 3} 处" if len(problems) > 3 else ""
    places = "；".join(f"“{p.sheet}”表 {p.cell}：{p.message}" for p in first)
    return UserError(
        f"{path.name} 有填写错误：{places}{rest}", "；".join(dict.fromkeys(p.cure for p in first if p.cure))
    )


def _in_order(record: Record, doubts: list[Doubt]) -> tuple[Doubt, ...]:
    """Imported doubts first, in their old order, then the new ones."""
    still = set(doubts)
    old = [doubt for doubt in record.doubts if doubt in still]
    return tuple(dict.fromkeys([*old, *doubts]))


class _Rows:
    """Reads the sheet of tasks row by row."""

    def __init__(self, grid: Grid, record: Record, info: PlanInfo, problems: list[Problem]) -> None:
        self.grid = grid
        self.info = info
        self.problems = problems
        self.imported = {item.no: item for item in record.plan.items} if record.plan else {}
        self.old_info = record.plan.info if record.plan else info
        self.old_doubts: dict[str | None, list[Doubt]] = {}
        for doubt in record.doubts:
            self.old_doubts.setdefault(doubt.no, []).append(doubt)
        self.items: dict[str, Item] = {}
        self.doubts: list[Doubt] = []
        self._seen: dict[str, int] = {}

    def read(self) -> None:
        for row in self.grid.rows:
            no = self.grid.text(row, "任务编号")
            if not no:
                if any(self.grid.text(row, name) for name in ("任务事项", "具体要求", "牵头单位", "责任单位")):
                    self._fault(row, "任务编号", "任务编号是空的", "请填一个没有用过的编号，或删去整行")
                continue
            if no in self._seen:
                self._fault(row, "任务编号", f"任务编号“{no}”与第 {self._seen[no]} 行重复", "每条任务的编号须各不相同")
                continue
            self._seen[no] = row
            item = self._item(row, no)
            if item is not None:
                self.items[no] = item

    def ordered(self) -> list[Item]:
        """Items in the sheet's order; a sheet that was only sorted gives back the plan's own order."""
        place = {no: at for at, no in enumerate(self.imported)}
        kept = [no for no in self.items if no in place]
        if kept == sorted(kept, key=place.__getitem__):
            return list(self.items.values())
        added = [no for no in self.items if no not in place]
        return [self.items[no] for no in [*sorted(kept, key=place.__getitem__), *added]]

    def _fault(self, row: int, name: str, message: str, cure: str) -> None:
        self.problems.append(self.grid.problem(row, name, message, cure))

    def _item(self, row: int, no: str) -> Item | None:
        old = self.imported.get(no)
        before = cells_of(old, self.old_doubts.get(no, ())) if old else {}
        edited = {
            column.name
            for column in COLUMNS
            if self.grid.has(column.name) and not same(self._cell(row, column.name), before.get(column.name, ""))
        }
        item = old or Item(no, "")
        if "任务大类" in edited:
            item = replace(item, category=one_line(self.grid.text(row, "任务大类")) or None)
        if "任务事项" in edited:
            item = replace(item, task=one_line(self.grid.text(row, "任务事项")) or None)
        if "具体要求" in edited:
            item = replace(item, requirement=finish(self.grid.text(row, "具体要求")))
        if "牵头单位" in edited:
            item = replace(item, lead=split_names(self.grid.text(row, "牵头单位")))
        if "责任单位" in edited:
            item = replace(item, responsible=split_names(self.grid.text(row, "责任单位")))
        if not item.requirement:
            self._fault(row, "具体要求", "具体要求是空的", "请填写要求，或删去整行")
            return None
        deadline, found = self._deadline(row, item.deadline, edited)
        item = replace(item, deadline=deadline)
        mine = [*self._open(row, no, edited), *(Doubt(no, "due", deadline.text or "", message) for message in found)]
        asked = {(doubt.field, doubt.message) for doubt in mine}
        mine.extend(
            q for q in open_questions(item) if (q.field, q.message) not in asked and not (q.field == "due" and found)
        )
        self.doubts.extend(mine)
        return item

    def _cell(self, row: int, name: str) -> str:
        """A cell as the writer would have shown it: a date in any form as 2026-10-31."""
        if name == "截止日期":
            day = day_of(self.grid.value(row, name))
            return day.isoformat() if day else self.grid.text(row, name)
        return self.grid.text(row, name)

    def _deadline(self, row: int, old: Deadline, edited: set[str]) -> tuple[Deadline, tuple[str, ...]]:
        """The deadline of a row and new doubts about it."""
        text, due, kind = old.text, old.due, old.kind
        kind_given = False
        if "时限原文" in edited:
            text = one_line(self.grid.text(row, "时限原文")) or None
        if "截止日期" in edited:
            due = self._day(row)
        if "时限类型" in edited:
            chosen = self._kind(row)
            kind_given = chosen is not None
            kind = chosen or kind
        source = self._source(row, old.source, text, edited)
        read = read_deadline(text or "", self.info.year, self.info.issued)
        due_given = "截止日期" in edited and due is not None
        cleared = "时限类型" in edited and not kind_given
        if "时限原文" in edited or self._outdated(old, read):
            deadline = Deadline(text, source, due if due_given else read.due, kind if kind_given else read.kind)
            settled = due_given or kind_given
            if due_given and not kind_given and read.kind is Kind.NONE:
                deadline = replace(deadline, kind=Kind.ONCE)
            return deadline, () if settled else read.doubts
        if cleared and not due_given and "截止日期" in edited:
            return Deadline(text, source, read.due, read.kind), read.doubts
        if cleared:
            kind = read.kind if due is None or read.kind is not Kind.NONE else Kind.ONCE
        elif due_given and not kind_given and kind is Kind.NONE:
            kind = Kind.ONCE
        return Deadline(text, source, due, kind), ()

    def _outdated(self, old: Deadline, read: ReadDeadline) -> bool:
        """The office corrected the plan's year or date of issue, and the imported date rests on the old one."""
        if not old.text or (self.info.year, self.info.issued) == (self.old_info.year, self.old_info.issued):
            return False
        then = read_deadline(old.text, self.old_info.year, self.old_info.issued)
        return (then.due, then.kind) == (old.due, old.kind) and then.due != read.due

    def _day(self, row: int) -> date | None:
        if not self.grid.text(row, "截止日期"):
            return None
        day = day_of(self.grid.value(row, "截止日期"))
        if day is None:
            found = self.grid.text(row, "截止日期")
            self._fault(row, "截止日期", f"“{found}”不是日期", "截止日期请写成 2026-10-31 这样，没有就留空")
        return day

    def _kind(self, row: int) -> Kind | None:
        text = self.grid.text(row, "时限类型")
        if text and text not in KINDS:
            self._fault(row, "时限类型", f"“{text}”不是时限类型", f"时限类型只能是：{'、'.join(KINDS)}")
        return KINDS.get(text)

    def _source(
        self, row: int, old: DeadlineSource | None, text: str | None, edited: set[str]
    ) -> DeadlineSource | None:
        if "时限出处" in edited:
            word = self.grid.text(row, "时限出处")
            if word and word not in SOURCES:
                self._fault(row, "时限出处", f"“{word}”不是时限出处", f"时限出处只能是：{'、'.join(SOURCES)}，或留空")
            return SOURCES.get(word)
        if "时限原文" in edited:
            return (old or DeadlineSource.COLUMN) if text else None
        return old

    def _open(self, row: int, no: str, edited: set[str]) -> Iterator[Doubt]:
        """Imported doubts that nobody has settled, and what the office itself wrote into the cell."""
        lines = [line.strip() for line in self.grid.text(row, "存疑").split("\n") if line.strip()]
        text = re.sub(r"\s+", "", "".join(lines))
        touched = {field for column in COLUMNS if column.name in edited for field in column.fields}
        if touched & {"due", "kind", "deadline_text"}:
            touched |= {"due", "kind", "deadline_text"}
        old = self.old_doubts.get(no, []) if no in self.imported else []
        known = [re.sub(r"\s+", "", doubt_line(doubt)) for doubt in old]
        for doubt, line in zip(old, known, strict=True):
            kept = line in text if self.grid.has("存疑") else True
            if kept and doubt.field not in touched:
                yield doubt
        for line in lines:
            bare = re.sub(r"\s+", "", line)
            if any(bare in other or other in bare for other in known) or is_confirmed(line):
                continue
            label = re.match(r"【(.+?)】(.+)", line)
            yield Doubt(no, field_of(label[1]), "", label[2]) if label else Doubt(no, "note", "", line)


def _info(sheet: Sheet | None, record: Record, problems: list[Problem], path: Path) -> tuple[PlanInfo, str]:
    """计划信息 and the name of the source file."""
    old = record.plan.info if record.plan else None
    if sheet is None:
        if record.plan is None or old is None:
            raise UserError(f"{path.name} 缺少“{INFO}”表", "请恢复这张表，或重新运行 taizhang import")
        return old, record.plan.source
    cells = {sheet.text(row, 1).strip(): (row, sheet.text(row, 2).strip()) for row in range(1, sheet.height + 1)}
    texts = {name: cells.get(name, (0, ""))[1] for name in INFO_ROWS}

    def fault(name: str, message: str, cure: str) -> None:
        row = cells.get(name, (0, ""))[0]
        problems.append(Problem(message, cure, cell=f"B{row}" if row else None, sheet=INFO, found=texts[name]))

    title = old.title if old and same(texts["标题"], shown(old.title)) else one_line(texts["标题"])
    if not title:
        fault("标题", "标题是空的", "请填写计划的标题")
    year = re.fullmatch(r"(20[0-9]{2})年?", texts["年度"])
    if not year:
        fault("年度", f"“{texts['年度']}”不是年份", "年度请写成 2026 这样")
    row = cells.get("印发日期", (0, ""))[0]
    issued = day_of(sheet.values.get((row, 2)))
    if texts["印发日期"] and issued is None:
        fault("印发日期", f"“{texts['印发日期']}”不是日期", "印发日期请写成 2026-10-31 这样，不知道就留空")
    number = _kept(texts["文号"], old.doc_number if old else None)
    issuer = _kept(texts["印发机关"], old.issuer if old else None)
    source = _kept(texts["来源文件"], record.plan.source if record.plan else None) or path.name
    return PlanInfo(title, int(year[1]) if year else 0, number, issuer, issued), source


def _kept(text: str, old: str | None) -> str | None:
    return old if same(text, shown(old)) else one_line(text) or None


def _general_doubts(sheet: Sheet | None, record: Record, info: PlanInfo) -> Iterator[Doubt]:
    """Doubts about the plan as a whole that are still open."""
    imported = {item.no for item in record.plan.items} if record.plan else set()
    old = [doubt for doubt in record.doubts if doubt.no not in imported]
    grid = grid_of(sheet, DOUBT_COLUMNS, {"疑问"}) if sheet else None
    if grid is None:
        yield from old
        return
    rows = [(grid.text(row, "栏目"), grid.text(row, "读到的内容"), grid.text(row, "疑问")) for row in grid.rows]
    before = record.plan.info.as_dict() if record.plan else {}
    now = info.as_dict()
    for doubt in old:
        corrected = doubt.field in now and now[doubt.field] != before.get(doubt.field)
        stands = any(
            same(label, label_of(doubt.field))
            and same(text, shown(doubt.text))
            and same(question, shown(doubt.message))
            for label, text, question in rows
        )
        if stands and not corrected:
            yield doubt
    if record.plan is None:
        yield from (Doubt(None, field_of(label), text, question) for label, text, question in rows if question)
