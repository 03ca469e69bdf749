"""The text of 考核情况: whole sentences that follow from one assessment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from flows.assessment.model import Assessed, Score, Series
from flows.assessment.scoring import rounded
from flows.assessment.words import (
    change_rules,
    grade_rule,
    marks_sentence,
    number,
    talk_rules,
    veto_rules,
)
from flows.config import Config
from flows.documents.assessment_faults import TOLD, faults, months_of, named_units
from flows.documents.chinese import listed, numeral, shares
from flows.documents.passages import Passage
from flows.periods import Period, spoken

_PLACES = 3
"""Places that a month's bulletin names."""


def chapters(assessed: Assessed, config: Config) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
    """Title and passages of each chapter; chapters with nothing to say are left out."""
    found = (
        ("考核依据和办法", _basis(assessed, config)),
        ("考核结果", _results(assessed, config)),
        ("存在的主要问题", faults(assessed)),
        ("加分减分和一票否决", _changes(assessed)),
        ("约谈建议", _talks(assessed, config)),
        ("下一步工作", _next(assessed, config)),
    )
    return tuple((title, passages) for title, passages in found if passages)


def _basis(assessed: Assessed, config: Config) -> tuple[Passage, ...]:
    facts, rules = assessed.facts, config.assessment
    months = months_of(facts.months)
    what = (
        f"本次考核以各单位按月报送、经逐份核对的工作台账和办公室核定情况为依据，计入{months}共{len(facts.months)}期，"
        f"数据截至{spoken(facts.as_of)}。"
    )
    kinds = "；".join(f"{kind}为{marks_sentence(rules, kind)}" for kind in rules.kinds)
    marks = f"基础分{assessed.full}分，其中{marks_sentence(rules)}{f'，{kinds}' if kinds else ''}。"
    left = "某一项没有可考核内容的，分值按比例分到该单位的其他项。"
    changes = "".join(change_rules(rules, config.supervision.colours))
    return (
        Passage("考核依据", (what,)),
        Passage("计分办法", (f"{marks}{left}{changes}",)),
        Passage("等次评定", (f"{grade_rule(rules)}{veto_rules(rules)}",)),
    )


def _results(assessed: Assessed, config: Config) -> tuple[Passage, ...]:
    grades = config.assessment.grades
    scores = assessed.scores
    if not scores:
        return (Passage("", (f"没有可以考核的单位。{_excluded(assessed)}",)),)
    counts = [sum(score.grade == grade for score in scores) for grade in grades]
    told = shares(counts) or [""] * len(counts)
    classes = "，".join(
        f"{grade}{count}家{f'，占{part}' if part else ''}"
        for grade, count, part in zip(grades, counts, told, strict=True)
        if count
    )
    whole = f"参加考核的单位{len(scores)}家，平均得分{_mean(scores)}分。其中，{classes}（详见附件{_first(assessed)}）。"
    passages = [Passage("总体情况", (f"{whole}{_excluded(assessed)}",))]
    passages += [Passage(series.title, (_series(series, grades, _first(assessed)),)) for series in assessed.series]
    return tuple(passages)


def _first(assessed: Assessed) -> str:
    """The number of the attachment with the scores, '' when it is the only one."""
    return "1" if has_changes(assessed) else ""


def has_changes(assessed: Assessed) -> bool:
    """Whether there is a list of bonuses, deductions and vetoes to attach."""
    return any(score.changes or score.vetoes for score in assessed.scores)


def _excluded(assessed: Assessed) -> str:
    if not assessed.excluded:
        return ""
    reasons: dict[str, list[str]] = {}
    for unit, reason in assessed.excluded:
        reasons.setdefault(reason, []).append(unit)
    told = "；".join(f"{named_units(units)}（{reason}）" for reason, units in reasons.items())
    return f"没有列入考核的{len(assessed.excluded)}家：{told}。"


def _series(series: Series, grades: Sequence[str], attached: str) -> str:
    """Every grade with its units in order; a long middle is only counted."""
    parts = []
    for grade in grades:
        units = [score for score in series.scores if score.grade == grade]
        if not units:
            continue
        if grade in (grades[0], grades[-1]) or len(units) <= TOLD:
            parts.append(f"{grade}{len(units)}家：{listed(_with_total(score) for score in units)}")
        else:
            parts.append(f"{grade}{len(units)}家，见附件{attached}")
    return f"共{len(series.scores)}家，平均得分{_mean(series.scores)}分。{'；'.join(parts)}。"


def _with_total(score: Score) -> str:
    return f"{score.unit.name}（{number(score.total)}分）"


def _mean(scores: Sequence[Score]) -> str:
    return number(rounded(sum((Fraction(score.total) for score in scores), Fraction(0)) / len(scores)))


def _changes(assessed: Assessed) -> tuple[Passage, ...]:
    if not has_changes(assessed):
        return (Passage("", ("没有加分、减分和一票否决。",)),)
    sentences = []
    for what, meant in (("加分", _gains), ("减分", _losses)):
        named = [(score, meant(score)) for score in assessed.scores if meant(score)]
        if named:
            alike: dict[Decimal, list[str]] = {}
            for score, points in sorted(named, key=lambda pair: -abs(pair[1])):
                alike.setdefault(abs(points), []).append(score.unit.name)
            told = "；".join(
                f"{what}{number(points)}分的单位{len(who)}个：{named_units(who)}" for points, who in alike.items()
            )
            sentences.append(f"{told}。")
    vetoed = [score for score in assessed.scores if score.vetoes]
    if vetoed:
        told = "；".join(f"{score.unit.name}，{'；'.join(score.vetoes)}" for score in vetoed)
        sentences.append(f"一票否决的单位{len(vetoed)}个：{told}。")
    return (Passage("", (f"{''.join(sentences)}详见附件2。",)),)


def _gains(score: Score) -> Decimal:
    return score.bonus


def _losses(score: Score) -> Decimal:
    return score.deduction


def _talks(assessed: Assessed, config: Config) -> tuple[Passage, ...]:
    rule = talk_rules(config.assessment)
    if not rule:
        return ()
    if not assessed.talks:
        return (Passage("", (f"{rule}本次没有符合条件的单位。",)),)
    if len(assessed.talks) == 1:
        talk = assessed.talks[0]
        return (Passage("", (f"{rule}本次建议约谈的单位1个：{talk.unit}，{'；'.join(talk.reasons)}。",)),)
    named = tuple(f"{place}.{talk.unit}：{'；'.join(talk.reasons)}。" for place, talk in enumerate(assessed.talks, 1))
    return (Passage("", (f"{rule}本次建议约谈的单位{len(assessed.talks)}个：", *named)),)


def _next(assessed: Assessed, config: Config) -> tuple[Passage, ...]:
    day = spoken(Period.of(assessed.facts.as_of).next.day(config.round.reply_day))
    judged = {score.unit.name for score in assessed.scores}
    open_still = [
        unit.unit.name
        for unit in assessed.facts.units
        if unit.unit.name in judged and any(duty.finished is None and not duty.left_out for duty in unit.duties)
    ]
    sentences = []
    if assessed.talks:
        units = named_units([talk.unit for talk in assessed.talks])
        sentences.append(f"本报告经审定后，对{units}负责同志进行约谈，督促查明原因、限期整改。")
    if open_still:
        sentences.append(
            f"{named_units(open_still)}要对到期没有完成的任务逐项明确责任人和完成日期，于{day}前报送办理结果。"
        )
    if assessed.pending:
        sentences.append(f"{named_units(list(assessed.pending))}的来件处理完毕后，重新核算得分。")
    sentences.append("考核结果经审定后反馈各单位；有异议的，附佐证材料书面提出，由办公室复核。")
    if len(sentences) == 1:
        return (Passage("", (sentences[0],)),)
    marked = tuple(f"{numeral(place)}是{text}" for place, text in enumerate(sentences, 1))
    return (Passage("", ("".join(marked),)),)


def month_sentence(assessed: Assessed) -> str:
    """What a month's bulletin tells of its scores: each series with its mean, its first and its last units."""
    if not assessed.scores:
        return ""
    told = []
    for series in assessed.series:
        ranked = [score for score in series.scores if score.rank is not None]
        words = f"{series.title}{len(series.scores)}家，平均{_mean(series.scores)}分"
        best = [score for score in ranked if score.rank and score.rank <= _PLACES]
        rest = [score for score in ranked if score not in best]
        if rest and len(best) <= TOLD:
            words += f"，前列的为{listed(_with_total(score) for score in best)}"
            worst = [score for score in rest if score.total == rest[-1].total]
            if len(worst) <= TOLD:
                words += f"，末位的为{listed(_with_total(score) for score in worst)}"
        elif len(ranked) <= TOLD:
            words += f"，依次为{listed(_with_total(score) for score in ranked)}"
        vetoed = [score.unit.name for score in series.scores if score.vetoes]
        if vetoed:
            words += f"，一票否决{len(vetoed)}家（{named_units(vetoed)}）"
        told.append(words)
    return f"按考核办法，本期满分{assessed.full}分。{'；'.join(told)}。"
