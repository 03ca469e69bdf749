"""The scoring scheme in sentences, from the settings themselves: what is printed is what was counted."""

from __future__ import annotations

from decimal import Decimal

from flows.assessment.grading import threshold
from flows.assessment.model import Criterion
from flows.assessment.settings import Assessment


def number(value: Decimal | float | int) -> str:
    """Points as people write them: 25, 2.5, 87.35; no needless zeros."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def marks_sentence(rules: Assessment, kind: str = "") -> str:
    """报送按时25分、填报完整15分 …."""
    marks = rules.marks(kind)
    return "、".join(f"{criterion}{marks[criterion.key]}分" for criterion in Criterion if marks[criterion.key])


def criterion_rules(rules: Assessment) -> dict[Criterion, str]:
    """How each criterion is counted, without its marks; those that are not used are left out."""
    stale = ""
    if rules.unchanged_percent < 100:
        stale = f"进展与上期一字不差的任务按{rules.unchanged_percent}%计。"
    day = "单位填报的完成日期，没有填的以报来之日" if rules.finished_by == "done_on" else "报来之日"
    words = {
        Criterion.TIMELY: f"每期按时报送得满分，逾期报送得{rules.late_percent}%，没有报送或退回后没有重报的不得分；"
        "报送时间以第一份能读的台账为准。",
        Criterion.COMPLETE: f"每期按填报任务数占下发任务数的比例得分。{stale}",
        Criterion.CORRECTED: f"每期没有退回得满分，每退回一次扣{rules.return_percent}%，扣完为止。",
        Criterion.DONE: "计入截至考核截止日已到完成时限的全部任务，经批准延期的按延期后的时限；按期完成得满分，"
        f"逾期完成得{rules.late_done_percent}%，没有完成不得分。完成之日以{day}为准。",
        Criterion.QUALITY: "每期按填报任务中没有被核定降低完成状态的比例得分，本期没有核定的不计。",
    }
    return {
        criterion: text
        for criterion, text in words.items()
        if rules.marks("")[criterion.key] or _used(criterion, rules)
    }


def _used(criterion: Criterion, rules: Assessment) -> bool:
    return any(marks.get(criterion.key) for marks in rules.kinds.values())


def change_rules(rules: Assessment, colours: tuple[str, ...]) -> list[str]:
    """Bonuses and deductions that follow from the facts, and their limits."""
    found = []
    if rules.punctual_bonus:
        found.append(f"各期全部按时报送、没有退回的，加{number(rules.punctual_bonus)}分。")
    losses = [
        f"{colour}色督办单{number(loss)}分"
        for colour, loss in zip(colours, rules.notice_deductions, strict=True)
        if loss
    ]
    if losses:
        found.append(f"每收到一张督办单扣分：{'、'.join(losses)}。")
    found.append(
        f"办公室可在“加减分”表中加分、减分，须写明理由。加分合计最多{number(rules.bonus_limit)}分，"
        f"减分合计最多{number(rules.deduction_limit)}分，总分最低0分。"
    )
    return found


def bounds_of(rules: Assessment) -> list[str]:
    """Totals from which on the first three grades are given, to hundredths."""
    exact = [threshold(percent, rules.full) for percent in rules.grade_scores]
    return [number((Decimal(value.numerator) / value.denominator).quantize(Decimal("0.01"))) for value in exact]


def grade_rule(rules: Assessment) -> str:
    """From which total on which grade."""
    bounds = bounds_of(rules)
    first, second, third, last = rules.grades
    quota = ""
    if rules.excellent_percent < 100:
        quota = f"{first}不超过同类单位的{rules.excellent_percent}%（不足1家的按1家），"
        ties = "一并评为" if rules.excellent_ties else "超出名额的都不评"
        quota += f"名额最后一名总分并列的{ties}{first}；"
    return (
        f"总分{bounds[0]}分以上为{first}，{bounds[1]}分以上为{second}，{bounds[2]}分以上为{third}，其余为{last}；"
        f"{quota}区县（含管委会、街道）和部门分别排名，同分同名次。"
    )


def veto_rules(rules: Assessment) -> str:
    """一票否决; what it means."""
    found = []
    if rules.veto_missing:
        found.append(f"连续{rules.veto_missing}期没有报送")
    if rules.veto_overdue_days:
        found.append(f"有任务逾期{rules.veto_overdue_days}天仍未完成")
    found.append("办公室在“加减分”表中写明一票否决")
    return f"有下列情形之一的一票否决，评为{rules.grades[-1]}，不排名：{'；'.join(found)}。"


def talk_rules(rules: Assessment) -> str:
    """约谈; '' when the office uses none of the rules."""
    found = []
    if rules.talk_last:
        found.append(f"连续{rules.talk_last}期在通报同类单位中排名末位（并列末位超过3家或过半的不算）")
    if rules.talk_red:
        found.append(f"连续{rules.talk_red}期收到第三色督办单")
    if rules.talk_failed:
        found.append(f"考核{rules.grades[-1]}")
    return f"有下列情形之一的列入约谈建议名单：{'；'.join(found)}。" if found else ""


def counting_rules() -> list[str]:
    """What all criteria have in common."""
    return [
        "没有下发台账、没有任务、台账没有送达（邮箱退信）、来件还没有处理、报送截止日还没有到的期次不计；"
        "应报没有报的期次，报送按时、填报完整、一次报准各项都按0计。",
        "不涉及、豁免和不计入考核的任务不计。某一项没有可考核内容的，分值按比例分到该单位的其他项，基础分满分不变。",
        "每一项得分＝该项满分×各期（各任务）得分率的平均数，四舍五入到0.01分；各期得分为逐期累计四舍五入后的差，"
        "合计与该项得分一致。",
    ]


def scheme(rules: Assessment, colours: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """The whole scheme as headed paragraphs, for the sheet 说明."""
    kinds = [f"{kind}：{marks_sentence(rules, kind)}。" for kind in rules.kinds]
    marks = f"基础分{rules.full}分：{marks_sentence(rules)}。"
    exempt = [f"{key}：{reason}。" for key, reason in (rules.exempt | rules.exempt_items).items()]
    parts = [
        ("分值", [marks, *kinds]),
        *((criterion.value, [text]) for criterion, text in criterion_rules(rules).items()),
        ("计分办法", counting_rules()),
        ("加分减分", change_rules(rules, colours)),
        ("等次名次", [grade_rule(rules)]),
        ("一票否决", [veto_rules(rules)]),
        ("约谈", [talk_rules(rules)] if talk_rules(rules) else []),
        ("不计入", exempt),
        (
            "怎样改",
            [
                "明细表列出每一分的来历；汇总表的得分都是公式，可以点开核对。",
                "要加减分，在“加减分”表黄色的格里填，保存后再运行一次 taizhang assess，以后都保留。",
                "考核办法在 config.toml 的 [assessment] 里改。",
            ],
        ),
    ]
    return [(head, lines) for head, lines in parts if lines]
