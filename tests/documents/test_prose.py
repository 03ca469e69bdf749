"""What the bulletin says in the months a clerk fears: nothing done, all done, one unit, first month, December."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from flows.config import Config, Office
from flows.documents.bulletin import bulletin_context
from flows.documents.prose import Prose, write_prose
from flows.documents.tables import overdue_groups
from flows.goals.model import GoalLine, Verdict
from flows.ledger.model import Report, Role, Status
from flows.plan.model import Deadline, Kind
from flows.progress import Answer, Bounced, Light, Review, Ruling, Snapshot, Totals
from tests.documents.months import CONFIG, DEPARTMENTS, DISTRICTS, UNITS, busy_month, cell, items, snapshot

OCTOBER = date(2026, 10, 31)
DONE = Report(Status.DONE, 100, "已在门户网站公开。", date(2026, 10, 20))
MOVING = Report(Status.MOVING, 40, "正在征求意见。")


def said(prose: Prose) -> str:
    """The whole text, a paragraph a line."""
    lines = [prose.intro]
    for chapter in prose.chapters:
        lines += [chapter.title, *chapter.paragraphs]
        for section in chapter.sections:
            lines += [section.title, *section.paragraphs]
    return "\n".join([*lines, prose.closing])


def headings(prose: Prose) -> list[str]:
    return [title for c in prose.chapters for title in (c.title, *(s.title for s in c.sections))]


def overdue_item(no: int, days: date) -> object:
    return replace(items(no)[no - 1], deadline=Deadline(due=days, kind=Kind.ONCE))


def test_a_busy_month_is_told_whole() -> None:
    month = busy_month()
    text = said(write_prose(month, CONFIG))
    t = month.totals
    assert text.startswith("按照《云陵市2026年政务公开工作要点》（云政办发〔2026〕3号）要求，2026年10月，")
    assert f"纳入台账的{t.items}项任务中，已完成{t.done}项" in text
    assert f"上述任务由{t.asked}个单位承担，按单位分解为{t.assignments}项次" in text
    assert f"应报送单位{t.asked}个，报送期限为10月25日。其中，按时报送{t.on_time}个" in text
    assert "未报送的单位2个：望湖县、市财政局。" in text
    assert "超过期限报送的单位2个：白水县、市教育局（10月27日报送）。" in text
    assert "报送后经核对尚需更正、未重新报送的单位1个：市生态环境局。" in text
    assert "市委网信办的材料已收到、正在核对，不计为未报送。" in text
    assert "于2026年11月25日前报送" in text
    assert "联系人：李明；联系电话：0000-0000000。" in text


def test_headings_are_numbered_without_gaps() -> None:
    assert headings(write_prose(busy_month(), CONFIG)) == [
        "一、总体情况",
        "（一）任务进展",
        "（二）报送情况",
        "（三）与上期相比",
        "（四）工作较好的单位",
        "二、存在的问题",
        "（一）任务逾期未完成",
        "（二）报送不及时、不规范",
        "（三）需协调解决的事项",
        "（四）进展无变化",
        "三、下一步工作要求",
        "（一）抓紧完成逾期任务",
        "（二）抓好临近时限的任务",
        "（三）协调解决困难问题",
        "（四）补报更正台账",
        "（五）按时报送进展",
    ]


def test_every_class_that_is_told_adds_up() -> None:
    text = said(write_prose(busy_month(), CONFIG))
    for total, sentence in re.findall(r"(?:纳入台账的|应报送单位)(\d+)(?:项任务中|个)(.*?)。(?=上述|市委|\n)", text):
        classes = [(int(n), float(p)) for n, p in re.findall(r"(\d+)[项个]，占([\d.]+)%", sentence)]
        assert classes
        assert sum(n for n, _ in classes) == int(total)
        assert round(sum(p for _, p in classes), 6) == 100


def test_the_share_of_finished_tasks_is_the_rate_that_is_compared_with_last_month() -> None:
    """2 of 42: the shares give way to add up to 100, but 占4.7% beside 完成率为4.8% is a mistake to any reader."""
    due = Deadline(due=date(2026, 9, 30), kind=Kind.ONCE)
    states = [DONE] * 2 + [MOVING] * 11 + [None] + [MOVING] * 28
    cells = [
        cell(UNITS[0], replace(item, deadline=due) if place > 13 else item, states[place], OCTOBER)
        for place, item in enumerate(items(42))
    ]
    now = snapshot(cells)
    text = said(write_prose(snapshot(cells, previous=now.totals), CONFIG))
    assert "已完成2项，占4.8%；正在推进11项，占26.2%；尚未启动1项，占2.4%；逾期未完成28项，占66.6%。" in text
    assert "任务完成率为4.8%，与上期持平" in text


def test_overdue_items_are_named_with_number_day_and_units() -> None:
    late = [overdue_item(2, date(2026, 9, 30)), overdue_item(1, date(2026, 8, 31))]
    cells = [cell(unit, item, MOVING, OCTOBER) for item in late for unit in UNITS[:2]]
    text = said(write_prose(snapshot(cells), CONFIG))
    assert "逾期未完成的任务共2项，涉及2个单位，按逾期时间由长到短为：第1.1项" in text
    assert (
        "第1.2项“对照机构职能和权责清单逐项梳理本单位主动公开事项”（应于9月30日前完成），责任单位临江区、云岭区" in text
    )
    assert "临江区、云岭区要逐项说明逾期原因" in text


def test_a_unit_whose_mail_came_is_never_called_missing() -> None:
    cells = [cell(unit, items(1)[0], MOVING, OCTOBER) for unit in UNITS[:4]]
    answers = {UNITS[0].name: Answer.PENDING, UNITS[1].name: Answer.RETURNED, UNITS[2].name: Answer.MISSING}
    text = said(write_prose(snapshot(cells, answers), CONFIG))
    for sentence in re.split(r"[。；]", text):
        if "未报送的" in sentence:
            assert UNITS[2].name in sentence
            assert UNITS[0].name not in sentence
            assert UNITS[1].name not in sentence
    assert "临江区的材料已收到、正在核对，不计为未报送" in text


def test_what_units_cannot_solve_is_quoted_with_unit_and_number() -> None:
    blocked = Report(Status.BLOCKED, 20, "", problem="接口由“省平台”管理。\n无权开通。")
    cells = [cell(unit, items(1)[0], blocked if i else MOVING, OCTOBER) for i, unit in enumerate(UNITS[:2])]
    text = said(write_prose(snapshot(cells), CONFIG))
    assert "云岭区就第1.1项反映“接口由‘省平台’管理。无权开通”。" in text
    assert "对第1.1项反映的困难问题" in text


def test_unchanged_text_is_no_progress_and_is_told() -> None:
    cells = [replace(cell(unit, item, MOVING, OCTOBER), unchanged=True) for item in items(2) for unit in UNITS[:2]]
    text = said(write_prose(snapshot(cells), CONFIG))
    assert (
        "下列2个单位本期填报的进展与上期相同，共4项次，不作为新进展统计：临江区（第1.1项、1.2项）、云岭区（第1.1项、1.2项）。"
        in text
    )


def test_the_first_month_compares_with_nothing() -> None:
    month = snapshot([cell(unit, item, MOVING, OCTOBER) for item in items(2) for unit in UNITS])
    prose = write_prose(month, CONFIG)
    assert not any("上期" in title for title in headings(prose))
    assert "相比" not in said(prose)
    assert "本期为首期" in bulletin_context(month, CONFIG, 1, OCTOBER)["统计表"]["注"]


def test_a_month_with_everything_done() -> None:
    cells = [cell(unit, item, DONE, OCTOBER) for item in items(5) for unit in UNITS]
    text = said(write_prose(snapshot(cells), CONFIG))
    assert "截至2026年10月31日，纳入台账的5项任务已全部完成。" in text
    assert "按单位分解为105项次，均已办结。" in text
    assert "应报送单位21个，报送期限为10月25日，各单位全部按时报送。" in text
    assert "承担的任务全部完成且按时报送的有21个单位：临江区、" in text
    assert "本期无逾期未完成的任务，无迟报、漏报，未收到需协调解决的事项。" in text
    assert "要巩固已完成任务的成效" in text
    assert "占" not in text


def test_a_month_nobody_answered() -> None:
    cells = [cell(unit, item, None, OCTOBER) for item in items(3) for unit in UNITS[:5]]
    text = said(write_prose(snapshot(cells, {unit.name: Answer.MISSING for unit in UNITS}), CONFIG))
    assert "对2026年10月任务进展情况进行了调度" in text
    assert "纳入台账的3项任务均尚未启动" in text
    assert "应报送单位5个，报送期限为10月25日，截至2026年10月31日均未报送。" in text
    assert "5个单位均未报送：临江区、云岭区、青石县、白水县、望湖县。" in text
    assert "各单位要立即补报，最迟于2026年11月25日前完成。" in text
    assert "工作较好" not in text


def test_a_plan_for_a_single_unit() -> None:
    text = said(write_prose(snapshot([cell(UNITS[0], items(1)[0], MOVING, OCTOBER)]), CONFIG))
    assert "纳入台账的1项任务在推进，尚无完成项。任务由临江区承担。" in text
    assert "应报送单位1个，即临江区，报送期限为10月25日，已按时报送。" in text
    assert "临江区要如实填报2026年11月的任务进展" in text
    assert "各单位" not in text


def test_december_closes_the_year() -> None:
    day = date(2026, 12, 31)
    open_items = [
        cell(unit, item, DONE if unit is UNITS[0] else MOVING, day) for item in items(3) for unit in UNITS[:3]
    ]
    text = said(write_prose(snapshot(open_items, period="2026-12"), CONFIG))
    assert "2026年度尚未完成的3项任务，各单位要继续推进，于2027年1月25日前报送最终完成情况。" in text
    finished = [cell(unit, item, DONE, day) for item in items(3) for unit in UNITS[:3]]
    text = said(write_prose(snapshot(finished, period="2026-12"), CONFIG))
    assert "2026年度任务已全部完成。各单位要做好资料归档" in text


def test_january_looks_back_at_december_of_the_year_before() -> None:
    before = Totals(2, 0, 2, 0, 0, 4, 0, 0, 2, 2, 0, 0, 0, 0)
    cells = [cell(unit, item, MOVING, date(2026, 1, 31)) for item in items(2) for unit in UNITS[:2]]
    text = said(write_prose(snapshot(cells, period="2026-01", previous=before), CONFIG))
    assert "与2025年12月相比，正在推进任务仍为2项，已报送单位仍为2个。" in text


def test_a_late_answer_of_the_next_year_names_the_year() -> None:
    cells = [cell(unit, items(1)[0], MOVING, date(2026, 12, 31)) for unit in UNITS[:2]]
    month = snapshot(cells, {UNITS[1].name: Answer.LATE}, period="2026-12")
    late = replace(month.units[1], received=datetime(2027, 1, 4, 8))  # noqa: DTZ001
    text = said(write_prose(replace(month, units=(month.units[0], late)), CONFIG))
    assert "云岭区（2027年1月4日报送）" in text


def test_an_empty_plan_is_told_without_breaking() -> None:
    text = said(write_prose(snapshot([]), Config(office=Office(name="办公室"))))
    assert "没有纳入台账的任务" in text
    assert text.endswith("联系单位：办公室。")


def test_nobody_is_ever_some_units() -> None:
    months: list[Snapshot] = [busy_month(), snapshot([cell(UNITS[0], items(1)[0], None, OCTOBER)])]
    for month in months:
        assert "个别" not in said(write_prose(month, CONFIG))
        assert "部分单位" not in said(write_prose(month, CONFIG))


def test_the_tables_are_the_snapshot() -> None:
    month = busy_month()
    context = bulletin_context(month, CONFIG, 5, OCTOBER)
    groups = context["统计表"]["组"]
    assert [g["标题"] for g in groups] == ["（一）区县、管委会", "（二）政府部门、企事业单位、党委部门"]
    assert [len(g["行"]) for g in groups] == [len(DISTRICTS), len(DEPARTMENTS)]
    for line, row in zip(month.districts + month.departments, [r for g in groups for r in g["行"]], strict=True):
        assert row["单位"] == line.unit.name
        states = [row[key] for key in ("已完成", "推进中", "未启动", "逾期", "不涉及")]
        assert states == [line.done, line.moving, line.idle, line.overdue, line.exempt]
        assert sum(states) == row["任务数"] == line.tasks
    assert [r["编号"] for g in context["进展表"]["组"] for r in g["行"]] == [line.item.no for line in month.items]
    overdue = [row["单位"] for g in context["逾期表"]["组"] for row in g["行"]]
    assert sorted(overdue) == sorted(c.unit.name for c in month.cells if c.light is Light.OVERDUE)


def test_movement_is_shown_as_arrows() -> None:
    rows = {r["单位"]: r for g in bulletin_context(busy_month(), CONFIG, 5, OCTOBER)["统计表"]["组"] for r in g["行"]}
    month = busy_month()
    for line in month.units:
        now, before = line.rank, line.previous_rank
        assert now is not None
        expected = (
            "新" if before is None else "平" if before == now else f"{'↑' if before > now else '↓'}{abs(before - now)}"
        )
        assert rows[line.unit.name]["较上期"] == expected


def test_attachments_are_announced_as_they_are_titled() -> None:
    full = bulletin_context(busy_month(), CONFIG, 5, OCTOBER)
    assert full["附件说明"] == [
        "附件：1.\t各单位任务完成情况统计表",
        "2.\t逾期任务清单",
        "3.\t全部任务进展情况",
        "4.\t任务完成情况图",
    ]
    marks = [full[key]["标识"] for key in ("统计表", "逾期表", "进展表", "图示")]
    assert marks == ["附件1", "附件2", "附件3", "附件4"]
    calm = bulletin_context(snapshot([cell(UNITS[0], items(1)[0], MOVING, OCTOBER)]), CONFIG, 5, OCTOBER)
    assert calm["附件说明"][1] == "2.\t全部任务进展情况"
    assert calm["进展表"]["标识"] == "附件2"
    assert not calm["逾期表"]["组"]


def test_a_long_office_name_breaks_between_words_in_masthead_and_signature() -> None:
    office = CONFIG.office.model_copy(update={"name": "云陵市推进政务公开协调小组办公室"})
    context = bulletin_context(busy_month(), CONFIG.model_copy(update={"office": office}), 5, OCTOBER)
    assert context["署名"] == "云陵市推进政务公开\n协调小组办公室"
    assert context["发文机关标志"].replace("\n", "") == "云陵市推进政务公开协调小组办公室文件"
    assert all(len(line) <= 12 for line in context["发文机关标志"].split("\n"))


def test_the_document_number_leaves_room_when_the_clerk_has_none_yet() -> None:
    month = busy_month()
    assert bulletin_context(month, CONFIG, 5, OCTOBER)["发文字号"] == "云政公开办〔2026〕5号"
    assert bulletin_context(month, CONFIG, None, OCTOBER)["发文字号"] == "云政公开办〔2026〕　号"
    assert bulletin_context(month, Config(), 5, OCTOBER)["发文字号"] == ""


def test_an_extended_deadline_is_the_one_that_was_missed() -> None:
    """The office has put the unit's day off to 20 October: 11 days late, and no sentence names September."""
    item = replace(items(1)[0], deadline=Deadline(due=date(2026, 9, 30), kind=Kind.ONCE))
    ruling = Ruling(extended=date(2026, 10, 20), reason="招标推迟")
    review = Review(ruling, "2026-09", datetime(2026, 10, 1, 9))  # noqa: DTZ001
    late = replace(cell(UNITS[0], item, MOVING, OCTOBER), light=Light.OVERDUE, days_late=11, review=review)
    month = snapshot([late])
    assert "（应于10月20日前完成）" in said(write_prose(month, CONFIG))
    assert overdue_groups(month)[0]["标题"].endswith("（完成时限2026年10月20日，已逾期11天）")


def test_a_unit_that_got_no_workbook_is_told_as_such_in_the_ranking() -> None:
    month = snapshot(
        [cell(unit, items(1)[0], MOVING, OCTOBER) for unit in UNITS[:2]], {UNITS[1].name: Answer.NOT_ISSUED}
    )
    context = bulletin_context(month, CONFIG, number=3, signed_on=date(2026, 11, 3))
    assert "未下发" in str(context)


def test_a_unit_that_the_letter_never_reached_is_not_told_to_hurry() -> None:
    month = snapshot(
        [cell(unit, items(1)[0], MOVING, OCTOBER) for unit in UNITS[:3]],
        {UNITS[1].name: Answer.MISSING, UNITS[2].name: Answer.MISSING},
    )
    when = datetime(2026, 10, 3, 9)  # noqa: DTZ001
    bounced = (Bounced(UNITS[2].name, "ju@unit.example", "550 5.1.1", "邮箱不存在", True, when, 1),)
    lines = tuple(
        replace(line, bounced=bounced, unreached=True) if line.unit is UNITS[2] else line for line in month.units
    )
    text = said(write_prose(replace(month, units=lines), CONFIG))
    assert f"未报送的{UNITS[1].name}要立即补报；{UNITS[2].name}在台账重新送达后补报" in text
    assert f"其中{UNITS[2].name}因邮箱退信，台账没有送达" in text


def test_what_is_due_on_the_day_of_the_figures_is_to_be_finished_not_scheduled() -> None:
    today, later = overdue_item(1, OCTOBER), overdue_item(2, date(2026, 11, 20))
    both = [cell(UNITS[0], item, MOVING, OCTOBER) for item in (today, later)]  # type: ignore[arg-type]
    text = said(write_prose(snapshot(both), CONFIG))
    assert "有2项（第1.1项、1.2项）。其中，10月31日到期的（第1.1项）要抓紧办结；其余的要对照时限倒排进度" in text
    text = said(write_prose(snapshot(both[:1]), CONFIG))
    assert "有1项（第1.1项），于10月31日到期，责任单位要抓紧办结。" in text
    assert "倒排进度" not in text


def test_the_last_of_a_small_series_is_not_praised_for_its_place() -> None:
    done = {DISTRICTS[0]: 3, DISTRICTS[1]: 1}
    cells = [
        cell(unit, item, DONE if place < done[unit] else MOVING, OCTOBER)
        for unit in DISTRICTS[:2]
        for place, item in enumerate(items(4))
    ]
    text = said(write_prose(snapshot(cells), CONFIG))
    assert f"完成率居本类别前3位的有：{DISTRICTS[0].name}（3/4）。" in text


def test_where_no_task_has_a_lead_no_lead_is_asked_to_help() -> None:
    stuck = Report(Status.BLOCKED, 20, "接口未开通。", problem="本级无权开通接口")
    first, second = items(2)
    alone = [cell(UNITS[0], first, stuck, OCTOBER)]
    assert "反映的困难问题，由责任单位研究提出解决办法" in said(write_prose(snapshot(alone), CONFIG))
    led = [cell(UNITS[1], second, stuck, OCTOBER, Role.LEAD)]
    assert "困难问题，由牵头单位会同责任单位研究提出" in said(write_prose(snapshot(led), CONFIG))
    text = said(write_prose(snapshot(alone + led), CONFIG))
    assert "由牵头单位会同责任单位（没有牵头单位的，由责任单位）研究提出" in text


def test_where_all_work_is_overdue_the_sentence_says_so_once() -> None:
    late = overdue_item(1, date(2026, 9, 30))
    cells = [cell(unit, late, MOVING, OCTOBER) for unit in UNITS[:3]]  # type: ignore[arg-type]
    assert "由3个单位承担，按单位分解为3项次，均逾期未完成。" in (text := said(write_prose(snapshot(cells), CONFIG)))
    assert "要说明逾期原因" in text, "of a single task nothing is told 逐项"


def test_a_reason_that_several_units_share_is_said_once() -> None:
    day = OCTOBER
    goals = tuple(
        GoalLine("1.1", unit.name, "不少于两场", 2, "场", "每个责任单位", day, None, verdict, why)
        for unit, verdict, why in (
            (UNITS[0], Verdict.UNKNOWN, "没有填报过"),
            (UNITS[1], Verdict.MISSED, "1场，目标2场"),
            (UNITS[2], Verdict.UNKNOWN, "没有填报过"),
            (UNITS[3], Verdict.UNKNOWN, "进展情况里没有写明数字"),
        )
    )
    month = snapshot([cell(unit, items(1)[0], MOVING, day) for unit in UNITS[:4]])
    text = said(write_prose(replace(month, goals=goals), CONFIG))
    assert "未达标的有云岭区（1场，目标2场）；无法判断的有临江区、青石县（没有填报过），白水县（进展情况里" in text
