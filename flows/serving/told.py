"""A flow's result as the page shows it: what was done, what needs a person and what to do, where the files are.

Markdown, made of the result's own keys, so that every flow is told in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.serving.due import Coming

Result = Mapping[str, Any]
Row = Sequence[object]

_MOST = 200
"""Rows of a table; a page with 5,000 is read by nobody, and the files hold them all."""

_DO = {
    "returned": "已写好退回信，标了错处的台账在附件里；单位改后再报，不用做什么",
    "quarantined": "请看原因：多数是认不出单位，在单位名录里补上单位、别名或邮箱，下次回收时自动并入",
    "without_address": "请在单位名录里补上邮箱，再启动这一步",
    "unsent": "请看原因；还没有寄出的，再启动这一步时接着寄；不能确定的，用 taizhang mail settle 核定",
    "unfetched": "请关闭正在打开的文件或检查邮箱，下次再收",
    "bounced": "请核对这些单位的邮箱，改正单位名录",
    "pending": "请先看这些单位的待处理文件",
    "unassigned": "请在任务分解表的单位栏写明单位",
    "changed": "计划改过，这些单位的台账已经发出；要替换的，启动“下发台账”并选替换",
    "doubts": "请在任务分解表里看黄色的格子",
    "unissued": "这些单位的下发信还没有寄出，没有催；请先启动“下发台账”",
    "todo": "请看年报核对.xlsx",
    "pdf_failed": "Word 文件已经写好；PDF 没有转成，不影响使用",
}


def page(result: Result) -> str:
    """The whole page of a result."""
    parts = [
        str(result.get("sentence", "")),
        _approval(result),
        _counts(result),
        *_files(result),
        *_needs(result),
        *_lists(result),
    ]
    return "\n\n".join(part for part in parts if part) or "没有要办的事。"


def needs(result: Result) -> str:
    """What needs a person, in one short sentence; '' when nothing does."""
    if result.get("awaiting_approval"):
        return f"{result['reason']}，{result['preview']['letters']} 封信在等人同意：请启动“确认寄出”"
    told = [f"{heading} {len(result[key])}" for key, heading, _ in _NEEDS if result.get(key)]
    return "，".join(told) if told else ("有事要人处理，见结果" if result.get("needs_person") else "")


def letters(preview: Result) -> str:
    """What would leave: the preview of a mass mail."""
    kinds = "、".join(f"{kind} {number} 封" for kind, number in preview["kinds"].items())
    lines = [f"**将要寄出：{kinds}，{len(set(preview['units']))} 个单位，{len(preview['recipients'])} 个邮箱**"]
    lines.append(f"收信单位：{_joined(dict.fromkeys(preview['units']))}")
    if preview["without_address"]:
        lines.append(f"没有邮箱、收不到的：{_joined(preview['without_address'])}")
    if preview["bounced"]:
        told = [f"{each['unit']}（{each['address']}）" for each in preview["bounced"]]
        lines.append(f"邮箱退过信的，请先核对：{_joined(told)}")
    if preview["doubts"]:
        lines.append(f"任务分解表里还有 {preview['doubts']} 处存疑没有定")
    sample = preview["sample"]
    if sample:
        lines += [
            f"### 其中一封（{_plain(sample['unit'])}）",
            table(
                ("项目", "内容"),
                [
                    ("收件", "、".join(sample["to"])),
                    ("主题", sample["subject"]),
                    ("附件", "、".join(sample["attachments"]) or "无"),
                ],
            ),
            "\n".join(f"> {_plain(line)}  " for line in sample["body"].rstrip("\n").split("\n")),
        ]
    return "\n\n".join(lines)


def link(path: str) -> str:
    """A file as something to click on and to copy."""
    name = Path(path).name
    try:
        return f"[{_plain(name)}]({Path(path).as_uri()}) `{path}`"
    except ValueError:
        return f"`{path}`"


def _approval(result: Result) -> str:
    if not result.get("awaiting_approval"):
        return ""
    how = "请启动“确认寄出”，看过后选“同意寄出”；按日程办的到时自动寄出，其他的再启动这一步。"
    return f"## 等人同意\n\n{result['reason']}，没有寄出。{how}\n\n{letters(result['preview'])}"


def _counts(result: Result) -> str:
    words = [
        ("workbooks", "写了台账"),
        ("sent_now", "这次寄出"),
        ("accepted", "并入"),
        ("returned", "退回"),
        ("quarantined", "待处理"),
        ("duplicates", "重复"),
        ("reminded", "催报"),
        ("supervised", "督办"),
        ("filed", "已报"),
        ("missing", "未报"),
        ("added", "新列入"),
    ]
    told = [f"{word} **{len(result[key])}**" for key, word in words if isinstance(result.get(key), Sequence)]
    return "，".join(told)


def _files(result: Result) -> Iterable[str]:
    names = {
        "bulletin": "通报",
        "pdf": "通报 PDF",
        "master": "总台账",
        "outbox": "信件",
        "report": "年度报告",
        "tables": "年报表格",
        "check": "年报核对",
        "scores": "考核得分表",
        "summary": "考核情况",
        "review": "任务分解表",
    }
    rows = [(word, link(str(result[key]))) for key, word in names.items() if isinstance(result.get(key), str)]
    if rows:
        yield "## 文件\n\n" + table(("文件", "在哪里"), rows, plain=False)


Reader = Callable[[Any], Row]


def _just(each: Any) -> Row:
    return (each,)


_NEEDS: tuple[tuple[str, str, tuple[tuple[str, ...], Reader]], ...] = (
    (
        "quarantined",
        "待处理",
        (("文件", "单位", "原因"), lambda each: (each["file"], each.get("unit") or "", each["reason"])),
    ),
    (
        "returned",
        "退回更正",
        (
            ("单位", "文件", "错处"),
            lambda each: (
                each["unit"],
                each["file"],
                "；".join(f"{p['cell'] or ''} {p['message']}".strip() for p in each["problems"]),
            ),
        ),
    ),
    ("unsent", "信件没有寄到", (("单位", "情况"), lambda each: (each["unit"], each["message"]))),
    ("without_address", "没有邮箱", (("单位",), _just)),
    (
        "bounced",
        "退信",
        (
            ("单位", "情况"),
            lambda each: (each, "") if isinstance(each, str) else (each["unit"], f"{each['address']} {each['reason']}"),
        ),
    ),
    ("unissued", "下发信没有寄出", (("单位",), _just)),
    ("pending", "报来的还没有处理", (("单位",), lambda each: (each["unit"] if isinstance(each, Mapping) else each,))),
    ("unfetched", "没有取到", (("情况",), _just)),
    ("changed", "已发台账与计划不同", (("单位",), _just)),
    ("unassigned", "没有单位的任务", (("编号",), _just)),
    (
        "doubts",
        "计划存疑",
        (
            ("编号", "情况"),
            lambda each: (each.get("no") or "", each["message"]) if isinstance(each, Mapping) else ("", str(each)),
        ),
    ),
    (
        "todo",
        "要核对的",
        (("情况",), lambda each: (each.get("message") or each.get("text") or next(iter(each.values()), ""),)),
    ),
    ("pdf_failed", "PDF 没有转成", (("文件",), lambda each: (Path(str(each)).name,))),
)


def _needs(result: Result) -> Iterable[str]:
    for key, heading, (columns, reader) in _NEEDS:
        rows = result.get(key)
        if rows and isinstance(rows, Sequence) and not isinstance(rows, str):
            yield f"## {heading}（{len(rows)}）\n\n{_DO[key]}。\n\n{table(columns, [reader(each) for each in rows])}"


_LISTS: tuple[tuple[str, str, tuple[str, ...], Reader], ...] = (
    (
        "accepted",
        "并入的台账",
        ("单位", "文件", "填报项数", "提示"),
        lambda each: (each["unit"], each["file"], each.get("entries", ""), "；".join(map(str, each["warnings"]))),
    ),
    (
        "workbooks",
        "台账",
        ("单位", "任务数", "已寄出"),
        lambda each: (each["unit"], each.get("items", ""), "是" if each["sent"] else "否"),
    ),
    ("reminded", "催报的单位", ("单位", "已寄出"), lambda each: (each["unit"], "是" if each["sent"] else "否")),
    (
        "supervised",
        "督办的单位",
        ("单位", "文号", "已寄出"),
        lambda each: (each["unit"], each["number"], "是" if each["sent"] else "否"),
    ),
    (
        "missing",
        "未报的单位",
        ("单位", "情况"),
        lambda each: (each["unit"], each.get("reason", "")) if isinstance(each, Mapping) else (each, ""),
    ),
    (
        "units",
        "得分",
        ("单位", "总分", "名次", "等次"),
        lambda each: (each["unit"], each.get("score", ""), each.get("rank", ""), each.get("grade", "")),
    ),
)


def _lists(result: Result) -> Iterable[str]:
    for key, heading, columns, reader in _LISTS:
        rows = result.get(key)
        if rows and isinstance(rows, Sequence):
            yield f"## {heading}\n\n{table(columns, [reader(each) for each in rows])}"


def table(columns: Sequence[str], rows: Sequence[Row], *, plain: bool = True) -> str:
    """A Markdown table; ``plain``: the cells are text, not Markdown."""
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    for row in rows[:_MOST]:
        cells = [_plain(str(cell)) if plain else str(cell) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    more = f"\n\n…… 其余 {len(rows) - _MOST} 行略" if len(rows) > _MOST else ""
    return "\n".join(lines) + more


def _plain(text: str) -> str:
    """Text that a unit wrote, so that Markdown and HTML show it and do nothing with it."""
    for sign, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", ""), ("\n", " ")):
        text = text.replace(sign, safe)
    for sign in "\\`*_[]|#~":
        text = text.replace(sign, f"\\{sign}")
    return text


def _joined(names: Iterable[str], most: int = 30) -> str:
    listed = list(names)
    more = f" 等 {len(listed)} 个" if len(listed) > most else ""
    return "、".join(_plain(name) for name in listed[:most]) + more


def standing_page(lines: Sequence[tuple[str, str, str]], upcoming: Sequence[tuple[str, Coming]], now: datetime) -> str:
    """到点检查: what was run (plan, step, what came of it), what comes by itself and what waits for a person."""
    parts = [f"{now:%Y-%m-%d %H:%M}（北京时间）"]
    parts.append("## 这次办了\n\n" + table(("计划", "事项", "结果"), lines) if lines else "没有到点的事。")
    waits = [(plan, each.told, each.waits) for plan, each in upcoming if each.waits]
    if waits:
        parts.append("## 等人\n\n" + table(("计划", "事项", "怎么办"), waits))
    later = [
        (plan, f"{each.period.label} {each.slot}", f"{each.moment:%Y-%m-%d %H:%M}")
        for plan, each in upcoming
        if not each.waits
    ]
    if later:
        parts.append("## 接下来\n\n" + table(("计划", "事项", "时间"), later))
    return "\n\n".join(parts)
