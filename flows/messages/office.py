"""What `report`, `status`, `review` and `trace` tell: where things stand, and what that rests on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.console import Screen
from flows.messages.lights import say_lights, say_unknown_exemptions
from flows.messages.words import percent, say_units, say_unsent, short, written
from flows.periods import CHINA, Period, spoken
from flows.progress import Answer, ItemState, Snapshot, UnitLine


def say_report(screen: Screen, result: dict[str, Any]) -> None:
    """Where the documents are."""
    screen.say(f"通报：{result['bulletin']}{'（旁边有同名的 PDF）' if result['pdf'] else ''}")
    screen.say(f"总台账：{result['master']}")
    _say_notices(screen, result)
    names = [Path(file).name for file in result["pdf_failed"]]
    say_units(screen, "没能转成 PDF 的文件", names, "Word 文件不受影响，可在 Word 或 WPS 里另存为 PDF")
    _say_rows(screen, result["reviewed"], "总台账里办公室填写的")
    if result["kept"]:
        screen.say(f"原来的总台账里有没能读入的改动，另存为 {result['kept']}")
    say_units(screen, "来件还没有处理的单位", result["pending"], "通报里没有把它们算作未报送，请处理后再生成一次")
    say_units(screen, "还没有单位承担的任务", result["unassigned"], "请在任务分解表里写明单位，再生成一次")
    say_unknown_exemptions(screen, result.get("unknown_exemptions", ()))


def say_supervise(screen: Screen, plan: str, period: str, result: dict[str, Any]) -> None:
    """Which 督办单 went out."""
    if not result["supervised"] and not result["overtaken"] and not result["without_address"]:
        screen.say("本期没有要寄的督办单")
        return
    sent = [each for each in result["supervised"] if each["sent"]]
    by_hand, whole = written(result), len(result["supervised"])
    if by_hand and sent:
        screen.say(f"督办单的信写好 {len(sent)} 封，共 {whole} 封。{by_hand}")
    else:
        screen.say(f"督办单已寄 {len(sent)} 份，共 {whole} 份")
    say_units(screen, "所列任务已经办结、延期或豁免、没有寄的督办单", result["overtaken"], "不用再发")
    say_units(screen, "没有邮箱、发不出的督办单", result["without_address"], "请在单位名录里补上邮箱后再运行一次")
    say_unsent(screen, result["unsent"])
    if result["awaiting_approval"]:
        screen.say(f"没有确认，一封也没有寄。看好后再运行 taizhang supervise {plan} --period {period}")


def _say_notices(screen: Screen, result: dict[str, Any]) -> None:
    """Notices by colour and kind, and those that had to wait."""
    notices = result["notices"]
    counts = Counter((f"{each['colour']}色" if each["colour"] else "") + each["kind"] for each in notices)
    if counts:
        words = "，".join(f"{what} {number} 份" for what, number in counts.items())
        screen.say(f"督办：{words}，在 {Path(notices[0]['file']).parent}")
    for each in result["notices_withheld"]:
        screen.say(f"  暂不督办 {each['unit']}（{'、'.join(each['items'])}）：{each['reason']}，请处理后再生成一次")
    for each in result["notices_overtaken"]:
        screen.say(f"  {each['number']} 所列 {'、'.join(each['items'])} 已经办结、延期或豁免，还没有发出的不要再发")


def say_status(screen: Screen, plan: str, snap: Snapshot, unsent: list[dict[str, str]]) -> None:
    """Totals, every unit with what its answer rests on, and letters that did not arrive or have not left."""
    totals = snap.totals
    if not totals.asked:
        screen.say(f"{snap.period} 还没有下发台账。下一步：taizhang distribute {plan} --period {snap.period}")
    screen.say(f"{snap.plan_title} {snap.period}，截至{spoken(snap.as_of)}，报送截止{spoken(snap.reply_by)}")
    screen.say(
        f"任务 {totals.items} 项：已完成 {totals.done}，推进 {totals.moving}，"
        f"未启动 {totals.idle}，逾期 {totals.overdue}"
    )
    if snap.carried_lines:
        states = Counter(line.state for line in snap.carried_lines)
        told = "，".join(f"{state.value} {states[state]}" for state in ItemState if states[state])
        screen.say(f"另有回头看事项 {len(snap.carried_lines)} 项（不计入上面的任务）：{told}")
    screen.say(
        f"应报 {totals.asked} 家：按时 {totals.on_time}，逾期报送 {totals.late}，已退回未改 {totals.returned}，"
        f"待处理 {totals.pending}，未报送 {totals.missing}"
    )
    asked = [line for line in snap.units if line.answer is not Answer.NOT_ASKED]
    rows = [
        (line.unit.name, line.answer.value, _day(line), line.tasks, line.done, line.overdue, percent(line.rate))
        for line in asked
    ]
    screen.table("各单位", ["单位", "报送", "收到", "任务", "完成", "逾期", "完成率"], rows)
    say_lights(screen, snap)
    for line in asked:
        if totals.asked and (line.answer not in (Answer.ON_TIME, Answer.LATE) or "已退回" in line.evidence):
            screen.say(f"{_standing(line)}：{line.unit.name}，{line.evidence}")
    for line in asked:
        for each in line.bounced:
            what = "邮箱退信" if each.permanent else "邮箱暂时退信"
            screen.say(f"{what}：{line.unit.name}，{each.address}，{each.reason}")
    if any(line.unreached for line in asked):
        screen.say("  所有邮箱都退信的单位没有收到台账：请在单位名录里改正邮箱，再用 distribute --again 单位 补发")
    stuck = {letter["unit"] for letter in unsent if letter["kind"] == "下发" and letter["state"] != "sent"}
    silent = [line.unit.name for line in asked if line.answer is Answer.MISSING and line.unit.name in stuck]
    say_units(screen, "未报送而台账可能没有寄到的单位", silent, "请先看下面各封信")
    if unsent:
        screen.say(f"没有寄出或没有定论的信 {len(unsent)} 封：")
        say_unsent(screen, unsent)


def _standing(line: UnitLine) -> str:
    """已退回未改，其中 N 项已收下备用."""
    if line.answer is Answer.RETURNED and line.held:
        return f"{line.answer.value}，其中 {line.held} 项已收下备用"
    return line.answer.value


def say_review(screen: Screen, plan: str, period: str, result: dict[str, Any]) -> None:
    """What of the office's rulings was taken, and what was not."""
    taken = result["taken"]
    if not taken and not result["problems"] and not result["conflicts"]:
        screen.say("总台账里没有新的核定内容")
        return
    _say_rows(screen, result, "核定")
    if taken:
        screen.say(f"下一步：taizhang report {plan} --period {period} 按核定后的情况重新生成")


def _say_rows(screen: Screen, result: dict[str, Any], what: str) -> None:
    taken = result["taken"]
    if taken:
        screen.say(f"{what} {len(taken)} 项已读入：")
    for entry in taken:
        told = [f"{each['field']} {_value(each['old'])} → {_value(each['new'])}" for each in entry["changes"]]
        screen.say(f"  {entry['unit']}第 {entry['no']} 条：{'；'.join(told)}")
    if result["problems"]:
        screen.say(f"{len(result['problems'])} 处没有读入，请改正后再运行：")
    for problem in result["problems"]:
        screen.say(f"  {problem['cell'] or '整表'}：{problem['message']}")
    for conflict in result["conflicts"]:
        screen.say(f"  请再看 {conflict['cell']} {conflict['unit']}第 {conflict['no']} 条：{conflict['message']}")


def say_trace(screen: Screen, found: dict[str, Any]) -> None:
    """The chain behind one entry, newest fact first."""
    screen.say(f"{found['unit']}　第 {found['no']} 条：{short(found['requirement'] or '（计划里已没有这一条）', 60)}")
    _say_now(screen, found)
    for each in found["versions"]:
        said = "，".join(f"{name} {_value(text)}" for name, text in each["fields"].items() if text)
        screen.say(f"填报 {_when(each['received'])}（{_month(each['period'])}，{each['state']}）：{said}")
        place = "、".join(cell for header, cell in each["cells"].items() if each["fields"].get(header))
        screen.say(
            f"  文件“{each['file']}”，工作表“{each['sheet']}”第 {each['row']} 行{f'（{place}）' if place else ''}"
        )
        _say_file(screen, each)
        for paper in each["evidence"]:
            screen.say(f"  佐证 {paper['name']}：{paper['file']}")
    for each in found["others"]:
        verdict = _VERDICTS[each["verdict"]]
        screen.say(f"来件 {_when(each['received'])}（{_month(each['period'])}，{verdict}）：“{each['file']}”")
        if each["reason"]:
            screen.say(f"  {each['reason']}")
        for problem in each["problems"]:
            screen.say(f"  {problem['cell'] or '整表'}：{problem['message']}")
        _say_file(screen, each)
    for each in found["reviews"]:
        said = "，".join(f"{name} {_value(text)}" for name, text in each["fields"].items() if text) or "撤回核定"
        screen.say(f"核定 {_when(each['at'])}（{_month(each['period'])}）：{said}")
        screen.say(f"  {each['file']} {each['cell']}，sha256 {each['sha256']}")
    for each in found["issued"]:
        screen.say(f"下发 {_when(each['at'])}（{_month(each['period'])}）：{each['file']}，sha256 {each['sha256']}")
    for each in found["letters"]:
        state = _STATES.get(each["state"], each["state"])
        screen.say(f"信件 {each['kind']}（{_month(each['period'])}，{state}）：{each['file']}，{each['message_id']}")


_VERDICTS = {"accepted": "并入", "returned": "退回", "quarantined": "待人工处理"}
_STATES = {
    "queued": "未寄出",
    "sending": "正在寄",
    "sent": "已寄出",
    "refused": "被拒收",
    "unknown": "不能确定是否寄出",
}


def _say_now(screen: Screen, found: dict[str, Any]) -> None:
    now = found["now"]
    if now is None:
        came = "收到的文件里还没有可用的填报" if found["others"] or found["versions"] else "还没有收到任何填报"
        if found["role"] is None and not found["versions"]:
            screen.say(f"{found['unit']}没有承担第 {found['no']} 条，也没有报过")
        else:
            screen.say(f"现在：{came}")
        return
    parts = [now["status"]]
    if now["reported"] != now["status"]:
        parts.append(f"办公室核定（单位报的是{now['reported'] or '空白'}）")
    if now["closed"]:
        parts.append("已销号")
    if now["extended"]:
        parts.append(f"延期至 {now['extended']}")
    if now["overtaken"]:
        parts.append("核定后单位又有新报")
    since = f"（{_month(now['period'])}报）" if now["period"] else ""
    text = f"：{_value(now['progress'])}" if now["progress"] else ""
    screen.say(f"现在：{'，'.join(parts)}{since}{text}")
    if now["why"]:
        screen.say(f"  灯：{now['light']}。{now['why']}")


def _say_file(screen: Screen, each: dict[str, Any]) -> None:
    screen.say(f"  归档 {each['archived']}，sha256 {each['sha256']}")
    if each["sender"]:
        screen.say(f"  来信 {each['sender']}，{each['message_id'] or '无 Message-ID'}")
    if each["filler"]:
        screen.say(f"  填报人 {each['filler']} {each['phone']}".rstrip())


def _when(text: str) -> str:
    when = datetime.fromisoformat(text).astimezone(CHINA)
    return f"{spoken(when.date())} {when:%H:%M}"


def _month(period: str) -> str:
    return Period.parse(period).label


def _value(text: str) -> str:
    return short(" ".join(text.split()), 60) or "（空）"


def _day(line: UnitLine) -> str:
    return f"{line.received.month}月{line.received.day}日" if line.received else "—"
