"""A list of problems that somebody else found (考评反馈, 第三方评估), read as look-back items, in any table wording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flows.carry.model import Candidate, Gathered, Source, digest_of
from flows.plan.carried import CarriedKind, Said
from flows.plan.documents import Block, Cell, Document, Row, Table, read_document
from flows.plan.header import Column, column_of
from flows.plan.model import DeadlineSource, Doubt, Item, Kind
from flows.plan.reader import plan_of
from flows.plan.textual import bare, full_width, one_line
from flows.problems import UserError

_PROBLEM = re.compile(r"问题|不足|短板|缺陷|反馈意见|扣分(?:点|原因|项|情况)|失分(?:点|原因|项|情况)|情形$|表现$")
_CURE = re.compile(r"整改(?:要求|措施|意见|建议|内容|目标|任务|事项)|改进(?:要求|措施|意见|建议)|工作要求|整改$")
_GROUP = re.compile(r"指标|类别|类型|方面|领域|板块|维度|项目$")
_WHO = re.compile(r"(?:单位|部门|地区|县区|区县|主体|对象|责任方|机构)(?:名称)?$|^(?:责任|归属)$")
_SKIP = re.compile(
    r"扣分$|^扣分[值数]?$|得分|分值|分数|权重|网址|链接|截图|发现(?:日期|时间)|检查(?:日期|时间)|整改(?:情况|结果|进展)"
)
_LABELS = {Column.TASK: "任务事项", Column.REQUIREMENT: "具体要求", Column.RESPONSIBLE: "责任单位"}
_HINT = "请列成一张表，表头写：问题、责任单位、整改要求、整改时限"
_HEADERS = 12
"""Rows of a table in which its header is looked for."""


def problem_list(path: Path, year: int, known: Mapping[str, str] | None = None) -> Gathered:
    """Every problem of the list. ``known``: header words that the office has decided before.

    What is not understood becomes a note on its problem or a remark about the list. UserError when there is no
    problem in it.
    """
    if not path.is_file():
        raise UserError(f"找不到文件 {path}", "请检查路径")
    document = read_document(path)
    columns = dict(known or {})
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Table):
            block, words = _understood(block, columns)
            columns |= words
        blocks.append(block)
    try:
        plan = plan_of(Document(document.name, tuple(blocks), document.doubts), year=year, columns=columns)
    except UserError as error:
        raise UserError(f"{path.name} 里没有读出问题（{error.message}）", _HINT) from None
    about: dict[str, list[Doubt]] = {}
    for doubt in plan.doubts:
        if doubt.no:
            about.setdefault(doubt.no, []).append(doubt)
    source = Source("", path.name, year)
    cured = "任务事项" in columns.values()
    found = [_candidate(item, source, about.get(item.no, []), cured=cured) for item in plan.items]
    remarks = [_remark(doubt) for doubt in plan.doubts if doubt.no is None and doubt.field in ("column", "items")]
    return Gathered(tuple({each.key: each for each in found}.values()), (), tuple(remarks))


def _understood(table: Table, known: Mapping[str, str]) -> tuple[Table, dict[str, str]]:
    """The table with a column for units, and what its header words mean; as it is when it has no header of problems."""
    for at, row in enumerate(table.rows[:_HEADERS]):
        words = {place: full_width(bare(cell.text)) for place, cell in enumerate(row.cells) if not cell.blank}
        if len(words) < 2 or any(len(word) > 18 for word in words.values()):
            continue
        roles = {place: _role(word, known) for place, word in words.items()}
        problems = [place for place, role in roles.items() if role == "problem"]
        if not problems:
            continue
        cures = [place for place, role in roles.items() if role == "cure"]
        label = _LABELS[Column.TASK] if cures else _LABELS[Column.REQUIREMENT]
        meant = {words[place]: label for place in problems[:1]}
        meant |= {words[place]: "不读入" for place in problems[1:]}
        meant |= {words[place]: _LABELS[Column.REQUIREMENT] for place in cures[:1]}
        meant |= {words[place]: "不读入" for place in cures[1:]}
        units = [place for place, role in roles.items() if role == "unit"]
        meant |= {words[place]: _LABELS[Column.RESPONSIBLE] for place in units if _is_new(words[place])}
        meant |= {words[place]: "不读入" for place, role in roles.items() if role == "skip"}
        groups = [place for place, role in roles.items() if role == "group"]
        meant |= {words[place]: "任务大类" for place in groups[-1:]} | {words[place]: "不读入" for place in groups[:-1]}
        if not units:
            table = _with_units(table, at)
        return table, meant
    return table, {}


def _role(word: str, known: Mapping[str, str]) -> str:
    """What a header word means: problem, cure, unit, group, skip; '' where the plan reader knows best."""
    if word in known:
        label = known[word]
        return {"责任单位": "unit", "牵头单位": "unit"}.get(label, "")
    if _SKIP.search(word):
        return "skip"
    column = column_of(word)
    if column in (Column.DEADLINE, Column.NO):
        return ""
    if _CURE.search(word):
        return "cure"
    if _PROBLEM.search(word):
        return "problem"
    if _GROUP.search(word):
        return "group"
    return "unit" if column in (Column.LEAD, Column.RESPONSIBLE) or _WHO.search(word) else ""


def _is_new(word: str) -> bool:
    """A word for units that plans do not use: 被测评单位, 地区."""
    return column_of(word) not in (Column.LEAD, Column.RESPONSIBLE)


def _with_units(table: Table, head: int) -> Table:
    """The table with an empty column 责任单位: the clerk is asked for each problem, none is lost."""
    rows = [
        Row((*row.cells, Cell(_LABELS[Column.RESPONSIBLE] if at == head else "")), row.place, row.doubt)
        for at, row in enumerate(table.rows)
    ]
    return Table(tuple(rows), table.name)


def _candidate(item: Item, source: Source, doubts: list[Doubt], *, cured: bool) -> Candidate:
    problem = one_line(item.task or "").rstrip("。；;") if cured else ""
    text = item.requirement.rstrip("。；;")
    same = bool(problem) and digest_of(problem) == digest_of(text)
    requirement = f"问题：{problem}。整改要求：{text}。" if problem and not same else f"问题：{text}。"
    deadline = replace(item.deadline, source=DeadlineSource.COLUMN) if item.deadline.text else item.deadline
    if deadline.kind is Kind.NONE or deadline.due is None:
        deadline = replace(deadline, kind=Kind.NONE, due=None)
    units = (*item.lead, *item.responsible)
    return Candidate(
        kind=CarriedKind.OUTSIDE,
        source=source,
        no="",
        requirement=requirement,
        task=one_line(item.category or "") or Path(source.title).stem,
        lead=item.lead,
        responsible=item.responsible,
        said=tuple(Said(unit) for unit in units),
        deadline=deadline,
        digest=digest_of(requirement, *units),
        doubts=tuple(doubts),
    )


def _remark(doubt: Doubt) -> str:
    return f"问题清单：{doubt.message}"
