"""一、总体情况 of the annual report: figures that are those of the tables, units' words, and the plan's progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from flows.annual import format as official
from flows.annual.format import key2, key3, key4
from flows.annual.model import plain
from flows.documents.annual_material import TO_FILL, Line, Material, Part, chosen, progress_of, sentence, whole
from flows.documents.annual_subjects import Statement
from flows.documents.chinese import listed, numbers_of, numeral
from flows.documents.goals import goal_report
from flows.documents.passages import item_name
from flows.documents.titles import plan_subject
from flows.ledger.model import Status
from flows.periods import spoken
from flows.progress import Cell, ItemLine, ItemState

_NAMED = 10
"""Items named one by one where a category is not finished."""
_STATES = (
    (ItemState.DONE, "已完成"),
    (ItemState.MOVING, "正在推进"),
    (ItemState.IDLE, "尚未启动"),
    (ItemState.OVERDUE, "逾期未完成"),
)
_ALL = {"已完成": "全部完成", "正在推进": "均在推进", "尚未启动": "均未启动", "逾期未完成": "均逾期未完成"}
_RULES_DUE = ("考核", "评议", "责任追究", "问责")
"""What 条例 50 wants of a government's report: 工作考核、社会评议和责任追究结果."""


def overall(material: Material) -> tuple[Part, ...]:
    """The opening, the five parts of the format in their order, and 工作要点落实情况."""
    written: tuple[tuple[str, Callable[[Material], list[Line]]], ...] = (
        (official.OPENNESS, _openness),
        (official.REQUESTS, _requests),
        (official.MANAGEMENT, _none),
        (official.PLATFORM, _none),
        (official.OVERSIGHT, _none),
    )
    parts = [_part(material, place, key, figures) for place, (key, figures) in enumerate(written, 1)]
    return (Part("", (_opening(material),)), *parts, _plan(material))


def hints(material: Material) -> tuple[str, ...]:
    """What the law wants in the section and nobody has written, as sentences for the clerk."""
    texts = "".join(each.text for each in whole(material, official.OVERSIGHT))
    if any(word in texts for word in _RULES_DUE):
        return ()
    return ("（五）监督保障情况里没有写到工作考核、社会评议和责任追究结果（《条例》第五十条要求政府的年度报告写明）",)


def _opening(material: Material) -> Line:
    count = len(material.filings)
    from_whom = f"本报告根据{count}个单位报送的数据和材料汇总形成。" if count > 1 else ""
    return Line(
        f"{material.year}年，{material.region}认真执行《中华人民共和国政府信息公开条例》，"
        f"落实《{plan_subject(material.plan_title)}》，推进政府信息公开工作。{from_whom}"
    )


def _part(material: Material, place: int, key: str, figures: Callable[[Material], list[Line]]) -> Part:
    """Figures of the tables first, then what units did; without either a person has to write."""
    head = next(part.head for part in official.PARTS if part.key == key)
    lines = figures(material)
    said = whole(material, key)
    told = chosen(said, material.settings.units_told)
    if told:
        lines.append(Line(joined(told), said, told))
    title = f"（{numeral(place)}）{head.partition('）')[2]}"
    gaps = () if lines else (TO_FILL.format(f"各单位报来的材料里没有{head.partition('）')[2]}"),)
    return Part(title, tuple(lines), gaps)


def joined(statements: Iterable[Statement]) -> str:
    """Units' words one after another, each a sentence."""
    return "".join(f"{sentence(each)}。" for each in statements)


def _none(_material: Material) -> list[Line]:
    return []


def _openness(material: Material) -> list[Line]:
    """The second table in words; what does not apply (规章 for a county) is left out."""
    clauses, keys = [], []
    for name in (official.RULES, official.NORMS):
        three = [key2(1, name, word) for word in (official.MADE, official.ENDED, official.VALID)]
        if _count(material, three[-1]) is not None:
            made, ended, valid = (_shown(material, key) for key in three)
            clauses.append(f"制发{name}{made}件、废止{ended}件，现行有效{valid}件")
            keys += three
    for article, name, verb in ((5, "行政许可", "作出"), (6, "行政处罚", "作出"), (6, "行政强制", "作出")):
        key = key2(article, name, official.DECIDED)
        if _count(material, key) is not None:
            clauses.append(f"{verb}{name}决定{_shown(material, key)}件")
            keys.append(key)
    if _count(material, official.FEE) is not None:
        clauses.append(f"行政事业性收费{_shown(material, official.FEE)}万元")
        keys.append(official.FEE)
    return [Line(f"{material.year}年，{material.region}{'，'.join(clauses)}。", figures=tuple(keys))] if clauses else []


def _requests(material: Material) -> list[Line]:
    """The third and fourth table in words. The counts are named as check R3.6 looks for them."""
    total = official.TOTAL
    new, before, done, after = (
        key3(row, total) for row in (official.NEW, official.CARRIED_IN, official.DONE, official.CARRIED_OUT)
    )
    if any(_count(material, key) is None for key in (new, before, done, after)):
        return []
    lines = []
    if not any(_count(material, key) for key in (new, before, done, after)):
        text = f"{material.year}年，{material.region}没有收到政府信息公开申请，也没有上年结转的申请。"
        lines.append(Line(text, figures=(new, before)))
    else:
        text = (
            f"{material.year}年，{material.region}新收政府信息公开申请{_shown(material, new)}件，"
            f"上年结转{_shown(material, before)}件，办结{_shown(material, done)}件，"
            f"结转下年度继续办理{_shown(material, after)}件。{_results(material)}"
        )
        lines.append(Line(text, figures=(new, before, done, after)))
    lines += _cases(material)
    return lines


def _results(material: Material) -> str:
    """办结的申请中，予以公开5件、…: the kinds that occurred, by the headings of the format."""
    groups: dict[str, int] = {}
    for line in official.LINES:
        if line.number in official.OUTCOMES:
            name = (line.group or line.label).partition("）")[2].partition("（")[0]
            groups[name] = groups.get(name, 0) + int(_count(material, key3(line.number, official.TOTAL)) or 0)
    told = [f"{name}{count}件" for name, count in groups.items() if count]
    return f"办结的申请中，{'、'.join(told)}。" if told else ""


def _cases(material: Material) -> list[Line]:
    """The fourth table in words; lawsuits of both kinds are added up."""
    review = key4(official.REVIEW, official.TOTAL)
    suits = [key4(group, official.TOTAL) for group in (official.DIRECT, official.AFTER)]
    counts = [_count(material, key) for key in (review, *suits)]
    if any(count is None for count in counts):
        return []
    reviewed, sued = int(counts[0] or 0), int((counts[1] or 0) + (counts[2] or 0))
    if not reviewed and not sued:
        return [Line("没有因政府信息公开工作被申请行政复议或提起行政诉讼。", figures=(review, *suits))]
    parts = [
        f"发生行政复议{reviewed}件{_endings(material, (official.REVIEW,))}" if reviewed else "没有发生行政复议",
        f"行政诉讼{sued}件{_endings(material, (official.DIRECT, official.AFTER))}" if sued else "没有发生行政诉讼",
    ]
    return [Line(f"因政府信息公开工作{'，'.join(parts)}。", figures=(review, *suits))]


def _endings(material: Material, groups: Sequence[str]) -> str:
    told = []
    for word, head in official.ENDINGS[:-1]:
        count = sum(int(_count(material, key4(group, word)) or 0) for group in groups)
        if count:
            told.append(f"{head}{count}件")
    return f"（{'、'.join(told)}）" if told else ""


def _count(material: Material, key: str) -> Decimal | None:
    return material.tables[key].number


def _shown(material: Material, key: str) -> str:
    number = material.tables[key].counted
    return plain(number) if number is not None else "0"


def _plan(material: Material) -> Part:
    """（六）工作要点落实情况: figures at the end of the year, then by 任务大类 what was done and what is left."""
    title = "（六）年度工作要点落实情况"
    snapshot = material.snapshot.plan_part if material.snapshot else None
    if snapshot is None or not snapshot.items:
        return Part(title, (), (TO_FILL.format("本年没有下发过台账，没有工作要点落实情况"),))
    groups: dict[str, list[ItemLine]] = {}
    for line in snapshot.items:
        groups.setdefault(line.item.category or line.item.task or "", []).append(line)
    first = (
        f"《{plan_subject(material.plan_title)}》明确的任务纳入台账{len(snapshot.items)}项，"
        f"截至{spoken(snapshot.as_of)}，{_counted(snapshot.items)}。"
    )
    lines = [Line(first)]
    several = len(groups) > 1
    seen: set[str] = set()
    lines += [_category(material, name if several else "", group, seen) for name, group in groups.items()]
    if counted := goal_report(snapshot):
        lines.append(Line(counted))
    return Part(title, tuple(lines))


def _counted(lines: Sequence[ItemLine]) -> str:
    counts = [(word, sum(line.state is state for line in lines)) for state, word in _STATES]
    present = [(word, count) for word, count in counts if count]
    if len(present) == 1 and len(lines) > 1:
        return _ALL[present[0][0]]
    return "、".join(f"{word}{count}项" for word, count in present)


def _category(material: Material, name: str, lines: Sequence[ItemLine], seen: set[str]) -> Line:
    """One 任务大类: its counts, what units report to have done, and by number what is not finished."""
    cells = [cell for line in lines for cell in line.cells]
    said = progress_of(_fullest_first(cells))
    told = chosen(said, material.settings.entries_told, seen)
    counts = f"有任务{len(lines)}项，{_counted(lines)}。" if len(lines) > 1 else f"任务1项，{_counted(lines)[:-2]}。"
    head = f"“{name.replace('“', '‘').replace('”', '’')}”方面，{counts}" if name else ""
    return Line(f"{head}{joined(told)}{_left(lines)}", said, told)


def _fullest_first(cells: Sequence[Cell]) -> list[Cell]:
    """Finished work before work that is on its way; work that was not begun is not told."""
    begun = [(cell, cell.report.status) for cell in cells if cell.report]
    done = [cell for cell, status in begun if status is Status.DONE]
    return done + [cell for cell, status in begun if status in (Status.MOVING, Status.BLOCKED)]


def _left(lines: Sequence[ItemLine]) -> str:
    late = [line for line in lines if line.state is ItemState.OVERDUE]
    if not late:
        return ""
    named = listed(item_name(line.item.no, line.item.requirement, line.item.task) for line in late[:_NAMED])
    more = f"，另有{numbers_of(line.item.no for line in late[_NAMED:])}" if len(late) > _NAMED else ""
    return f"逾期未完成的是{named}{more}，转入下年继续推进。"
