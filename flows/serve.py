"""到点检查 and the steps that a clerk starts on the page: what `taizhang serve` puts there.

Each is a short run that ends with one sentence and leaves its result as an artifact. Nothing waits for a person in a
running process: an approval is a row in the store, which the next run reads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any, Literal, NamedTuple

from flows.annual_collect import annual_collect
from flows.annual_distribute import annual_distribute
from flows.annual_remind import annual_remind
from flows.annual_round.declaring import declared
from flows.assess import assess
from flows.collect import collect
from flows.desk import open_desk
from flows.distribute import distribute
from flows.engine import Flow, ended, flow, show_page
from flows.engine import run as run_flow
from flows.lookback import lookback
from flows.periods import CHINA, Period, today
from flows.problems import UserError
from flows.remind import remind
from flows.report import finish_report, report
from flows.round import approval
from flows.serving.answers import answers_markdown
from flows.serving.due import SUPERVISED, Coming, Due, Outcome, Step
from flows.serving.faults import fault_sentence
from flows.serving.standing import agree_bulletin, coming_up, due_now, record_run, year_fault
from flows.serving.told import letters, needs, standing_page
from flows.supervise import supervise
from flows.workspace import Home
from flows.yearly import yearly
from flows.years import Year

HOME = "TAIZHANG_SERVE_HOME"
"""The environment variable by which the runs of a server know their home."""
THIS_MONTH = "本月"
Result = dict[str, Any]
_MONTHLY: dict[Step, Flow[..., Result]] = {
    "distribute": distribute,
    "collect": collect,
    "remind": remind,
    "report": report,
    "supervise": supervise,
}
_YEARLY: dict[Step, Flow[..., Result]] = {
    "distribute": annual_distribute,
    "collect": annual_collect,
    "remind": annual_remind,
    "report": yearly,
}


class Line(NamedTuple):
    """What 到点检查 did, and what came of it."""

    plan: str
    what: str
    told: str
    outcome: Outcome


def _page(name: str, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Prefect's own flow of a function: a run on the page finds it by the function's name in this module."""

    def make(function: Callable[..., Any]) -> Any:
        given = [each for each in ("plan", "period", "year") if each in signature(function).parameters]
        run_name = " ".join([name, *(f"{{{each}}}" for each in given)])
        return flow(name=name, flow_run_name=run_name, description=description)(function).on_engine

    return make


@_page(
    name="到点检查",
    description="看按日程办的计划有没有到点的事，有就办：每月的下发、回收、催报、通报，每年的年报数据。电脑关过机的，补办。",
)
def due_check() -> Any:
    """Run what is due, one step after the other; a step that fails stops none of the others."""
    home = Home(Path(os.environ[HOME]))

    def work() -> Result:
        moment = datetime.now(CHINA)
        lines: list[Line] = []
        upcoming: list[tuple[str, Coming]] = []
        for slug in home.config().schedule.named:
            try:
                lines += _run_due(home, slug, moment)
                with open_desk(home, slug) as desk:
                    upcoming += [(slug, each) for each in coming_up(desk, datetime.now(CHINA))]
                    if fault := year_fault(desk):
                        lines.append(Line(slug, "年报数据", fault, "failed"))
            except UserError as error:
                lines.append(Line(slug, "", error.sentence, "failed"))
            except Exception as error:  # another plan's month does not wait for this one's repair
                lines.append(Line(slug, "", fault_sentence(home.root, error), "failed"))
        show_page("due", "", "到点检查", standing_page([each[:3] for each in lines], upcoming, moment))
        return {
            "sentence": "；".join(f"{each.plan} {each.what}：{each.told}" for each in lines) or "没有到点的事",
            "needs_person": any(each.outcome in ("failed", "waiting") for each in lines),
        }

    return _carefully("到点检查", "", work)


@_page(name="下发", description="给每个单位写一份台账和下发信；有人同意后寄出。再启动一次不会重复寄。")
def issue_page(plan: str, period: str = THIS_MONTH, send: bool = True, reissue: bool = False) -> Any:
    """`taizhang distribute`."""
    return _step("下发", distribute.fn, plan, period, send=send, reissue=reissue)


@_page(name="回收", description="收回各单位报来的台账：无误的并入，有错的退回，认不出的留给人看；列出谁报了、谁没报。")
def collect_page(plan: str, period: str = THIS_MONTH, folder: str = "", send: bool = True) -> Any:
    """`taizhang collect`, and who has answered."""

    def work(**where: Any) -> Result:
        result = collect.fn(**where)
        _show_answers(where["home"], plan, Period.parse(where["period"]))
        return result

    return _step("回收", work, plan, period, folder=folder.strip() or None, send=send)


@_page(name="催报", description="给没有报送、或退回后没有更正的单位写催报信；一天至多一封。")
def remind_page(plan: str, period: str = THIS_MONTH, send: bool = True) -> Any:
    """`taizhang remind`."""
    return _step("催报", remind.fn, plan, period, send=send)


@_page(name="通报", description="核算数字，生成总台账、通报和到期的提示单、督办单。")
def report_page(plan: str, period: str = THIS_MONTH) -> Any:
    """`taizhang report`: whoever starts it has decided that the bulletin is made."""
    return _step("通报", report.fn, plan, period)


@_page(name="督办", description="把本期督办单逐份寄给单位；任务已经办结的不寄。")
def supervise_page(plan: str, period: str = THIS_MONTH, send: bool = True) -> Any:
    """`taizhang supervise`."""
    return _step("督办", supervise.fn, plan, period, send=send)


@_page(name="看进展", description="谁报了、谁没报，任务各到哪一步。不改变任何东西。")
def answers_page(plan: str, period: str = THIS_MONTH) -> Any:
    """Who has answered."""

    def work(home: str, slug: str, period: str) -> Result:
        return {"sentence": _show_answers(home, slug, Period.parse(period))}

    return _step("看进展", work, plan, period)


@_page(
    name="确认寄出", description="看群发的信要寄什么、寄给谁，同意寄出，或收回同意。现在不寄，下一次运行读到同意后寄。"
)
def approve_page(
    plan: str, period: str = THIS_MONTH, decision: Literal["先看看", "同意寄出", "收回同意"] = "先看看"
) -> Any:
    """`taizhang approve`, with the year as period for 年报数据; whatever is decided, the preview is shown."""

    def work(home: str, slug: str, period: str) -> Result:
        with open_desk(Home(Path(home)), slug) as desk:
            month = Year.read(period) if period.isdigit() and len(period) == 4 else Period.parse(period)
            if decision == "收回同意":
                done = approval.revoke(desk, month)
                return {"sentence": "已收回，以后要再确认才寄" if done else "这一期没有人同意过"}
            asked = [who.unit for who in declared(desk, month.year)] if isinstance(month, Year) else None
            shown = approval.approvable(desk, month, asked)
            told = "还没有同意。看过后再启动一次，选“同意寄出”。"
            if decision == "同意寄出":
                who = approval.record(desk, month, shown, "网页")
                how = "到点检查时自动寄出" if slug in desk.config.schedule.named else "再启动“下发”或“催报”就寄出"
                told = f"已记下：{who} 同意按此寄信。现在没有寄出任何信，{how}。"
            show_page(
                "approve",
                slug,
                f"{desk.plan.info.title} {month.label} 确认寄出",
                f"{told}\n\n{letters(shown.as_dict())}",
            )
            return {"sentence": told, "needs_person": decision == "先看看"}

    return _step("确认寄出", work, plan, period)


@_page(name="确认通报", description="按日程生成通报之前要人同意的（[approval] bulletin = true），在这里同意或收回。")
def approve_bulletin_page(
    plan: str, period: str = "上月", bulletin_decision: Literal["同意生成", "收回同意"] = "同意生成"
) -> Any:
    """A leave for the scheduled bulletin."""

    def work(home: str, slug: str, period: str) -> Result:
        month, given = Period.parse(period), bulletin_decision == "同意生成"
        with open_desk(Home(Path(home)), slug) as desk:
            who = agree_bulletin(desk, month, given)
        _show_answers(home, slug, month)
        return {"sentence": f"已记下：{who} {'同意到时生成' if given else '收回同意，先不生成'}{month.label}通报"}

    return _step("确认通报", work, plan, period)


@_page(name="考核", description="按考核办法计算各单位得分，写出考核得分表和考核情况。")
def assess_page(plan: str, first: str, last: str) -> Any:
    """`taizhang assess`."""
    return _carefully("考核", plan, lambda: assess.fn(os.environ[HOME], plan, first, last))


@_page(name="回头看", description="把上一计划没有完成的任务列入新计划，供办公室核对。")
def lookback_page(plan: str, into: str) -> Any:
    """`taizhang lookback`."""
    return _carefully("回头看", plan, lambda: lookback.fn(os.environ[HOME], plan, into))


@_page(name="下发年报数据", description="给每个要报年报数据的单位写一份数据表和下发信；有人同意后寄出。")
def annual_issue_page(plan: str, year: int, send: bool = True) -> Any:
    """`taizhang distribute --year`."""
    return _carefully("下发年报数据", plan, lambda: annual_distribute.fn(os.environ[HOME], plan, year, send=send))


@_page(name="回收年报数据", description="收回各单位的年报数据表：无误的收下，有错的退回。")
def annual_collect_page(plan: str, year: int, folder: str = "", send: bool = True) -> Any:
    """`taizhang collect --year`."""
    given = folder.strip() or None
    return _carefully(
        "回收年报数据", plan, lambda: annual_collect.fn(os.environ[HOME], plan, year, folder=given, send=send)
    )


@_page(name="催报年报数据", description="按各单位自己的截止日，催报还没有报送的年报数据。")
def annual_remind_page(plan: str, year: int, send: bool = True) -> Any:
    """`taizhang remind --year`."""
    return _carefully("催报年报数据", plan, lambda: annual_remind.fn(os.environ[HOME], plan, year, send=send))


@_page(name="年度报告", description="用各单位年报数据和全年台账写出年度报告、分节、表格和核对表。")
def yearly_page(plan: str, year: int) -> Any:
    """`taizhang annual`."""
    return _carefully("年度报告", plan, lambda: yearly.fn(os.environ[HOME], plan, year))


PAGES = (
    *(issue_page, approve_page, collect_page, answers_page, remind_page),
    *(report_page, approve_bulletin_page, supervise_page, assess_page, lookback_page),
    *(annual_issue_page, annual_collect_page, annual_remind_page, yearly_page),
)
"""What a clerk can start, in the order of a month."""


def period_of(words: str) -> str:
    """本月, 上月 or a written period as the period's own name. Years are left as they are."""
    words = words.strip()
    here = Period.of(today())
    return {"": str(here), THIS_MONTH: str(here), "上月": str(here.previous)}.get(words, words)


def _step(title: str, work: Callable[..., Result], plan: str, period: str, **more: Any) -> Any:
    return _carefully(title, plan, lambda: work(home=os.environ[HOME], slug=plan, period=period_of(period), **more))


def _carefully(title: str, plan: str, work: Callable[[], Result]) -> Any:
    """The end of a run on the page: done, needs a person, or failed with a sentence and never with a traceback."""
    try:
        result = work()
    except UserError as error:
        show_page(
            "trouble",
            plan,
            f"{title}没有办成",
            f"{error.message}。\n\n**怎么办**：{error.hint or '改正后再启动一次'}。",
        )
        return ended(error.sentence, failed=True)
    except Exception as error:
        sentence = fault_sentence(Path(os.environ[HOME]), error)
        show_page("trouble", plan, f"{title}没有办成", sentence)
        return ended(sentence, failed=True)
    waits = needs(result)
    return ended(result.get("sentence") or waits or "办好了", person=bool(result.get("needs_person") or waits))


def _run_due(home: Home, slug: str, moment: datetime) -> list[Line]:
    """Run every step of a plan that is due, one after the other."""
    with open_desk(home, slug) as desk:
        steps = due_now(desk, moment)
    found = []
    for due in steps:
        with open_desk(home, slug) as desk:
            record_run(desk, due, "begun")
        outcome, sentence = _run_one(home, slug, due)
        with open_desk(home, slug) as desk:
            record_run(desk, due, outcome, sentence)
        found.append(Line(slug, due.told, sentence, outcome))
    return found


def _run_one(home: Home, slug: str, due: Due) -> tuple[Outcome, str]:
    """One step as a run of its own below this one."""
    try:
        result = _run_flow(home, slug, due)
    except UserError as error:
        return "failed", error.sentence
    except Exception as error:
        return "failed", fault_sentence(Path(os.environ[HOME]), error)
    sentence = needs(result) or "办好了"
    if result.get("awaiting_approval"):
        return "waiting", sentence
    letters = sum(not each["sent"] for each in result.get("supervised", ()))
    if letters and due.slot != SUPERVISED:
        return "waiting", f"写好督办单的信 {letters} 封，没有寄出，在等人同意"
    return ("again" if result.get("unsent") else "done"), sentence


def _run_flow(home: Home, slug: str, due: Due) -> Result:
    place: dict[str, Any] = {"home": str(home.root), "slug": slug}
    if isinstance(due.period, Year):
        found: Result = run_flow(_YEARLY[due.step], **place, year=due.period.year)
        return found
    if due.step == "supervise":
        # Letters that are only written to a folder leave nothing, and nobody has to agree.
        place["send"] = due.slot == SUPERVISED or home.config().mail.transport == "folder"
    return run_flow(finish_report if due.rest else _MONTHLY[due.step], **place, period=str(due.period))


def _show_answers(home: str, slug: str, period: Period) -> str:
    """Leave who has answered as an artifact; gives it in one sentence."""
    with open_desk(Home(Path(home)), slug) as desk:
        if not desk.history.issued(period):
            raise UserError(f"{period.label}的台账还没有下发", "请先启动“下发”")
        sentence, text = answers_markdown(desk.snapshot(period))
        show_page("answers", slug, f"{desk.plan.info.title} {period.label} 进展", text)
    return sentence
