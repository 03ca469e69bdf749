"""What `trace --figure` tells: the figure, what it counts, where each part came from, and what has changed since."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flows.console import Screen
from flows.messages.words import SHOWN, short
from flows.periods import CHINA, Period, spoken

_VERDICTS = {"accepted": "并入", "returned": "退回", "quarantined": "待人工处理"}
_STATES = {
    "queued": "未寄出",
    "sending": "正在寄",
    "sent": "已寄出",
    "refused": "被拒收",
    "unknown": "不能确定是否寄出",
    "cancelled": "已取消",
}


def say_figures(screen: Screen, found: dict[str, Any]) -> None:
    """The numbered list; rows of attachments are asked for by their names."""
    _say_head(screen, found)
    place = ""
    for each in found["figures"]:
        if each["row"]:
            continue
        if each["place"] != place:
            place = each["place"]
            screen.say(f"{place}：")
        screen.say(f"  {each['n']}. {each['words']}")
    rows = [each for each in found["figures"] if each["row"]]
    if rows:
        screen.say(f"附件里还有 {len(rows)} 行（{rows[0]['n']} 至 {rows[-1]['n']}），查哪一行就写单位名称或任务编号")
    command = f"taizhang trace {found['plan']} --period {found['period']} --figure"
    screen.say(f"下一步：{command} 序号，或把通报里的话贴在后面，如 {command} 未报送3个")


def say_figure(screen: Screen, found: dict[str, Any]) -> None:
    """One figure with its chain, or the figures that the words may mean."""
    _say_head(screen, found)
    figure = found["figure"]
    if figure is None:
        what = "通报里没有这个数，意思相近的有" if found["near"] else "这几个数字都像，请写序号再查一次"
        screen.say(f"“{found['asked']}”：{what}：")
        for each in found["candidates"][:SHOWN]:
            screen.say(f"  {each['n']}. {each['words']}（{each['place']}）")
        if len(found["candidates"]) > SHOWN:
            screen.say(f"  … 共 {len(found['candidates'])} 个，其余见 --json")
        return
    screen.say(f"{figure['n']}. {figure['words']}（{figure['place']}）")
    if figure["rule"]:
        screen.say(f"怎样数的：{figure['rule']}")
    if figure["earlier"]:
        label = Period.parse(figure["earlier"]).label
        screen.say(f"上期的数字出自{label}的通报：taizhang trace {found['plan']} --period {figure['earlier']} --figure")
    _say_since(screen, figure["since"])
    for notice in figure["notices"]:
        screen.say(f"  {notice['number']}　{notice['unit']}：{'、'.join(notice['items'])}，{notice['file']}")
    if len(figure["items"]) > 1:
        _say_items(screen, figure["items"])
    elif figure["entries"]:
        _say_entries(screen, figure["entries"])
    else:
        for unit in figure["units"][:SHOWN]:
            _say_unit(screen, unit)
        _say_rest(screen, figure["units"])


def _say_head(screen: Screen, found: dict[str, Any]) -> None:
    printed = found["printed"]
    label = Period.parse(found["period"]).label
    screen.say(f"{label}通报，{_when(printed['at'])} 生成，数字截至{spoken(date.fromisoformat(printed['as_of']))}")
    if not printed["kept"]:
        screen.say("这份通报由旧版本生成，没有留下明细；下面按现在的数据列出。再生成一次即可留下明细")
    if printed["document"] == "changed":
        screen.say("通报.docx 在生成以后改过；下面是生成时的数字")
    elif printed["document"] == "missing":
        screen.say("通报.docx 已不在原处；下面是生成时的数字")


def _say_since(screen: Screen, since: dict[str, Any] | None) -> None:
    """What the store says by now, where that is something else."""
    if since is None:
        return
    if since["then"] == since["now"]:
        screen.say(f"通报生成以后数据有变化，数目仍是 {since['now']}：")
    else:
        screen.say(f"通报生成以后数据有变化：通报里是 {since['then']}，现在是 {since['now']}")
    for each in since["changes"][:SHOWN]:
        who = " ".join(part for part in (each["unit"], f"第 {each['no']} 项" if each["no"] else "") if part)
        before, now = each["then"] or "当时不算在内", each["now"] or "已不在计划里"
        counted = "" if each["counted"] else "，现在不算在内"
        screen.say(f"  {who}：{before} → {now}{counted}")
    _say_rest(screen, since["changes"])


def _say_items(screen: Screen, items: list[dict[str, Any]]) -> None:
    for each in items[:SHOWN]:
        screen.say(
            f"  第 {each['no']} 项　{short(each['requirement'], 40)}：{each['state']}，{len(each['units'])} 个单位"
        )
    _say_rest(screen, items)
    screen.say("  查其中一项由哪些填报算出，在 --figure 后写“第几项”")


def _say_entries(screen: Screen, entries: list[dict[str, Any]]) -> None:
    for each in entries[:SHOWN]:
        _say_entry(screen, each)
    _say_rest(screen, entries)


def _say_entry(screen: Screen, each: dict[str, Any]) -> None:
    parts = [each["status"]]
    if each["reported"] != each["status"]:
        parts.append(f"办公室核定（单位报的是{each['reported'] or '空白'}）")
    if each["closed"]:
        parts.append("已销号")
    if each["extended"]:
        parts.append(f"延期至 {each['extended']}")
    if each["days_late"]:
        parts.append(f"逾期 {each['days_late']} 天")
    elif each["why"]:
        parts.append(each["why"])
    words = f"：{short(' '.join(each['progress'].split()), 40)}" if each["progress"] else ""
    screen.say(f"  {each['unit']}　第 {each['no']} 项：{'，'.join(parts)}{words}")
    source = each["source"]
    if source is None:
        screen.say(f"    没有填报：{each['why_none']}")
        return
    cells = source["cells"] or {}
    place = "、".join(f"{header} {cell}" for header, cell in cells.items() if header != "任务编号")
    when = f"{Period.parse(source['period']).label}，{_when(source['received'])} 收到"
    screen.say(
        f"    {when}“{source['file']}”，工作表“{source['sheet']}”第 {source['row']} 行{f'（{place}）' if place else ''}"
    )
    screen.say(f"    归档 {source['archived']}，sha256 {source['sha256']}")
    if source["sender"]:
        screen.say(f"    来信 {source['sender']}，{source['message_id'] or '无 Message-ID'}")


def _say_unit(screen: Screen, unit: dict[str, Any]) -> None:
    screen.say(f"  {unit['unit']}：{unit['answer']}，{unit['evidence']}")
    for each in unit["files"]:
        reason = f"，{each['reason']}" if each["reason"] else ""
        screen.say(f"    {_when(each['received'])} 收到“{each['file']}”，{_VERDICTS[each['verdict']]}{reason}")
        screen.say(f"    归档 {each['archived']}，sha256 {each['sha256']}")
        if each["sender"]:
            screen.say(f"    来信 {each['sender']}，{each['message_id'] or '无 Message-ID'}")
    silence = unit["silence"]
    if silence is None:
        return
    for each in silence["issued"]:
        screen.say(f"    {_when(each['at'])} 下发 {each['file']}")
    for each in silence["letters"]:
        state = _STATES.get(each["state"], each["state"])
        screen.say(f"    {_when(each['at'])} {each['kind']}信{state}，{each['message_id']}")
    for sentence in silence["bounced"]:
        screen.say(f"    退信 {sentence}")
    for each in silence["came_since"]:
        what = _VERDICTS[each["verdict"]]
        screen.say(f"    通报生成以后才收进：{_when(each['received'])} “{each['file']}”，{what}")
    if silence["files_of_nobody"]:
        nobody = silence["files_of_nobody"]
        screen.say(f"    请留意：本期有 {nobody} 份来件认不出是哪个单位的，见待人工处理的文件")


def _say_rest(screen: Screen, every: list[dict[str, Any]]) -> None:
    if len(every) > SHOWN:
        screen.say(f"  … 共 {len(every)} 条，其余见 --json")


def _when(text: str) -> str:
    when = datetime.fromisoformat(text).astimezone(CHINA)
    return f"{spoken(when.date())} {when:%H:%M}"
