"""What each sentence of a bulletin claims, counted again: one method a sentence, its parts by name."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from tests.documents.consistency_words import DAY, Words
from tests.documents.truth import BLOCKED, Fact, letters_of

_STATES = ("已完成", "正在推进", "尚未启动", "逾期未完成")
_ANSWERS = {
    "按时报送": "按时",
    "逾期报送": "逾期",
    "报送后退回更正、尚未重报": "待更正",
    "已收到、正在核对": "核对中",
    "未报送": "未报送",
}
_TOTALS = {
    "任务总数": "items",
    "已完成任务": "done",
    "正在推进任务": "moving",
    "尚未启动任务": "idle",
    "逾期未完成任务": "overdue",
}


FEW = 10
"""Of fewer things no share is told."""


def tenths(count: int, total: int) -> int:
    return int(Fraction(1000 * count, total) + Fraction(1, 2))


def strongest(moves: list[int]) -> list[int]:
    """The moves that are told: whole groups of equal ones, three in all, or up to ten that are all equal."""
    told: list[int] = []
    for size in sorted({move for move in moves if move >= 2}, reverse=True):
        if len(told) + moves.count(size) > (3 if told else 10):
            break
        told += [size] * moves.count(size)
    return told


def points(number: int) -> str:
    return f"{number // 10}.{number % 10}".removesuffix(".0")


class Overall(Words):
    """一、总体情况."""

    def intro(self, m: re.Match[str]) -> list[str]:
        info = self.truth.month.plan.info
        return [
            self.same("计划", letters_of(m["title"]), letters_of(info.title)),
            self.same("文号", m["number"], info.doc_number),
            self.same("期次", m["label"], self.truth.month.period.label),
        ]

    def totals(self, m: re.Match[str]) -> list[str]:
        truth = self.truth
        counted = {state: n for state in _STATES if (n := truth.state_count(state))}
        if m["rest"].startswith("中，"):
            printed = self.shares(m["rest"].removeprefix("中，"), "项")
        else:
            words = {"完成项": "正在推进", "启动": "尚未启动", "逾期": "逾期未完成", "已": "已完成"}
            state = next(state for word, state in words.items() if word in m["rest"])
            printed = {state: int(m["items"])}
        return [
            self.day(m["day"], truth.month.as_of),
            self.same("任务数", int(m["items"]), len(truth.states)),
            self.same("各类任务", printed, counted),
        ]

    def sole(self, m: re.Match[str]) -> list[str]:
        return [self.who(m["unit"], self.carriers())]

    def pairs(self, m: re.Match[str]) -> list[str]:
        facts = self.truth.facts
        done = sum(unit.count("已完成") for unit in self.truth.units.values())
        late = sum(bool(fact.late) for fact in facts)
        number = re.compile(r"(已办结|逾期未完成)(\d+)项次")
        told = {word: int(count) for word, count in number.findall(m["rest"])}
        every = len(facts) if "均已办结" in m["rest"] else 0
        all_late = len(facts) if "均逾期未完成" in m["rest"] else 0
        return [
            self.same("承担单位", int(m["units"]), len(self.carriers())),
            self.same("项次", int(m["pairs"]), len(facts)),
            self.same("已办结", told.get("已办结", every), done),
            self.same("逾期", told.get("逾期未完成", all_late), late),
        ]

    def unassigned(self, m: re.Match[str]) -> list[str]:
        empty = [item.no for item in self.truth.month.plan.items if not self.truth.of(item.no)]
        return [self.same("无责任单位", self.nos(m["nos"]), empty)]

    def asked(self, m: re.Match[str]) -> list[str]:
        truth = self.truth
        counted = {word: n for word, short in _ANSWERS.items() if (n := len(truth.answered(short)))}
        text = m["more"] or m["rest"]
        if m["more"]:
            printed = self.shares(m["more"].removeprefix("其中，"), "个")
        else:
            alone = {"尚未重报": "报送后退回更正、尚未重报", "核对": "已收到、正在核对", "未报送": "未报送"}
            alone |= {"按时报送": "按时报送", "逾期报送": "逾期报送", "超过报送期限": "逾期报送"}
            printed = {next(word for sign, word in alone.items() if sign in text): int(m["asked"])}
        return [
            self.same("应报", int(m["asked"]), truth.asked),
            self.day(m["day"], truth.month.reply_by),
            self.same("报送", printed, counted),
            self.who(m["unit"], [n for n in self.carriers() if truth.units[n].answer in _ANSWERS.values()])
            if m["unit"]
            else "",
            self.day(day[0], truth.month.as_of) if (day := re.search(DAY, m["rest"])) else "",
        ]

    def pending(self, m: re.Match[str]) -> list[str]:
        return [self.who(m["units"], self.truth.answered("核对中"))]

    def came(self, m: re.Match[str]) -> list[str]:
        truth = self.truth
        answered = len(truth.answered("按时", "逾期"))
        enough = truth.asked >= FEW
        return [
            self.same("合计报送", int(m["count"]), answered),
            self.same("报送率", bool(m["rate"]), enough),
            self.rate(m["rate"], answered, truth.asked) if m["rate"] else "",
        ]

    def done_rate(self, m: re.Match[str]) -> list[str]:
        truth, before = self.truth, self.truth.previous
        if before is None:
            return ["没有上期"]
        now = tenths(truth.state_count("已完成"), len(truth.states))
        old = tenths(before["done"], before["items"])
        step = now - old
        moved = f"{'提高' if step > 0 else '下降'}{points(abs(step))}" if step else "持平"
        return [
            self.rate(m["rate"], truth.state_count("已完成"), len(truth.states)),
            self.same("变化", (m["way"] or "持平") + (m["points"] or ""), moved),
        ]

    def change(self, m: re.Match[str]) -> list[str]:
        truth, before = self.truth, self.truth.previous
        if before is None:
            return ["没有上期"]
        now = dict(zip(("done", "moving", "idle", "overdue"), map(truth.state_count, _STATES), strict=True))
        now["items"] = len(truth.states)
        found = [self.same("上期", m["label"], truth.previous_label)]
        for step in m["rest"].split("，"):
            told = re.fullmatch(r"(\D+?)(?:由(\d+)[项个](增加|减少)到(\d+)[项个]|仍为(\d+)[项个]|仍无)", step)
            if told is None:
                found.append(f"看不懂：{step}")
                continue
            name = _TOTALS.get(told[1])
            old = before[name] if name else before["on_time"] + before["late"]
            new = now[name] if name else len(truth.answered("按时", "逾期"))
            printed = (int(told[2]), int(told[4])) if told[2] else (int(told[5] or 0),) * 2
            found.append(self.same(told[1], printed, (old, new)))
            if told[3]:
                found.append(self.same("方向", told[3], "增加" if new > old else "减少"))
        return found

    def movers(self, m: re.Match[str]) -> list[str]:
        found = []
        for text, sign in ((m["up"], 1), (m["down"], -1)):
            moves = [
                sign * (unit.before - unit.rank)
                for unit in self.truth.units.values()
                if unit.rank is not None and unit.before is not None
            ]
            strong = strongest(moves)
            told = re.findall(self.filled(r"(UNIT)（(?:上升|下降)(\d+)位）"), text or "")
            found.append(self.same("位次变化", [int(size) for _, size in told], strong))
            found.append(self.same("单位", len({name for name, _ in told}), len(told)))
            for name, size in told:
                unit = self.truth.units[name]
                moved = sign * (unit.before - unit.rank) if unit.before and unit.rank else None
                found.append(self.same(name, int(size), moved))
        return found

    def finished(self, m: re.Match[str]) -> list[str]:
        best = [name for name in self.faultless() if self.finished_all(name)]
        return [self.same("单位数", int(m["count"]), len(best)), self.who(m["units"], best)]

    def praised(self, m: re.Match[str]) -> list[str]:
        told = re.findall(self.filled(r"(UNIT)（(\d+)/(\d+)）"), m["rest"])
        units = self.truth.units
        best = [n for n in self.faultless() if self.leads(n)]
        return [
            self.same("表扬", sorted(name for name, _, _ in told), sorted(best)),
            *(
                self.same(name, (int(done), int(base)), (units[name].count("已完成"), units[name].base))
                for name, done, base in told
            ),
            self.same("写法", "、".join(f"{n}（{d}/{b}）" for n, d, b in told), m["rest"]),
        ]


class Problems(Words):
    """二、存在的问题."""

    def overdue(self, m: re.Match[str]) -> list[str]:
        late: dict[str, list[Fact]] = {}
        for fact in self.truth.facts:
            if fact.late:
                late.setdefault(fact.item.no, []).append(fact)
        found = [
            self.same("逾期任务", int(m["items"]), len(late)),
            self.same("逾期单位", int(m["units"]), len({f.unit for facts in late.values() for f in facts})),
        ]
        pattern = r"第([\d.]+)项(?:“([^”]*)”)?(?:（应于(DAY)前完成）)?，责任单位(UNITS)(?:等(\d+)个单位)?"
        told = re.findall(self.filled(pattern), m["rest"])
        days = [max((fact.late for fact in late.get(no, [])), default=0) for no, *_ in told]
        found.append(self.same("次序", days, sorted(days, reverse=True)))
        if days and len(told) < len(late):
            others = [max(f.late for f in facts) for no, facts in late.items() if no not in {t[0] for t in told}]
            found.append(self.same("未逐项列出的", max(others) <= min(days), True))
        found.append(self.same("其余", int(m["others"] or 0), len(late) - len(told)))
        for no, name, day, whom, many in told:
            facts = late.get(no)
            if not facts:
                found.append(f"第{no}项没有逾期")
                continue
            item = facts[0].item
            said = letters_of(name)
            known = said in letters_of(item.requirement) or said in letters_of(item.task or "")
            found.append(self.same("任务", name if not known else "", ""))
            found.append(self.day(day, min(f.due for f in facts if f.due)))
            found += self.some_units(whom, many, [fact.unit for fact in facts])
        return found

    def missing(self, m: re.Match[str]) -> list[str]:
        silent = self.truth.answered("未报送")
        return [
            self.same("未报送", int(m["count"] or m["all"]), len(silent)),
            self.who(m["units"], silent),
            self.same("均未报送", len(silent), self.truth.asked) if m["all"] else "",
        ]

    def unreached(self, m: re.Match[str]) -> list[str]:
        return [self.who(m["units"], [n for n in self.truth.answered("未报送") if self.truth.units[n].unreached])]

    def late(self, m: re.Match[str]) -> list[str]:
        late = self.truth.answered("逾期")
        found = [self.same("迟报", int(m["count"]), len(late)), self.who(m["rest"], late)]
        for whom, day in re.findall(self.filled(r"(UNITS)（(DAY)报送）"), m["rest"]):
            for name in self.names(whom):
                received = self.truth.units[name].received
                found.append(self.day(day, received) if received else f"{name}没有报送")
        return found

    def returned(self, m: re.Match[str]) -> list[str]:
        wanted = self.truth.answered("待更正")
        return [self.same("待更正", int(m["count"]), len(wanted)), self.who(m["units"], wanted)]

    def blocked(self, m: re.Match[str]) -> list[str]:
        facts = [fact for fact in self.truth.facts if fact.status == BLOCKED and fact.fresh]
        found = [self.same("需协调", int(m["count"] or 1), len(facts))]
        pattern = r"(UNITS)(?:等(\d+)个单位)?就(NOS)(?:等(\d+)项)?(?:反映“([^”]*)”|标明需协调，未写明具体问题)"
        told = 0
        for whom, many, nos, more, words in re.findall(self.filled(pattern), m["rest"]):
            same = [fact for fact in facts if self.quotes(words, fact.problem)]
            told += len(same)
            found += self.some_units(whom, many, list(dict.fromkeys(fact.unit for fact in same)))
            numbers = list(dict.fromkeys(fact.item.no for fact in same))
            found.append(self.same("任务", set(self.nos(nos)) <= set(numbers), True))
            found.append(self.same("任务数", int(more or len(self.nos(nos))), len(numbers)))
        rest = int(m["few"] or m["many"] or 0)
        found.append(self.same("需协调合计", told + rest, len(facts)))
        if m["named"]:
            found += self.by_unit(m["named"], facts, rest)
        return found

    def older(self, m: re.Match[str]) -> list[str]:
        facts = [fact for fact in self.truth.facts if fact.status == BLOCKED and not fact.fresh]
        return [self.same("以前需协调", int(m["count"]), len(facts))]

    def unchanged(self, m: re.Match[str]) -> list[str]:
        facts = [fact for fact in self.truth.facts if fact.unchanged]
        return [
            self.same("单位数", int(m["units"]), len({fact.unit for fact in facts})),
            self.same("项次", int(m["count"]), len(facts)),
            *self.by_unit(m["rest"], facts, len(facts)),
        ]

    def calm(self, m: re.Match[str]) -> list[str]:
        waiting = len(self.truth.answered("核对中"))
        return [self.same("核对中", int(m["waiting"] or 0), waiting)]


class Demands(Words):
    """三、下一步工作要求."""

    def hurry(self, m: re.Match[str]) -> list[str]:
        late = list(dict.fromkeys(fact.unit for fact in self.truth.facts if fact.late))
        who = self.who(m["whom"], late) if m["whom"] else self.same("单位数", int(m["count"]), len(late))
        return [who, self.next_day(m["day"])]

    def near(self, until: date | None = None) -> list[str]:
        """Open items of which some unit's day comes up to the end of next month."""
        month = self.truth.month
        last = until or month.period.next.last_day
        return [
            no
            for no, state in self.truth.states.items()
            if state in ("正在推进", "尚未启动")
            and any(
                f.due and month.as_of <= f.due <= last and not f.closed and not f.excused for f in self.truth.of(no)
            )
        ]

    def soon(self, m: re.Match[str]) -> list[str]:
        return [
            self.day(m["day"], self.truth.month.period.next.last_day),
            self.same("到期任务", int(m["count"]), len(self.near())),
            self.same("到期任务", self.nos(m["nos"]), self.near()),
            self.same(
                "当天到期", self.nos(m["some"] or (m["nos"] if m["same"] else "")), self.near(self.truth.month.as_of)
            ),
            self.day(m["today"] or m["same"], self.truth.month.as_of) if m["today"] or m["same"] else "",
        ]

    def help(self, m: re.Match[str]) -> list[str]:
        nos = list(dict.fromkeys(fact.item.no for fact in self.truth.facts if fact.status == BLOCKED))
        return [
            self.same("需协调任务", self.nos(m["nos"]) if m["nos"] else int(m["count"]), nos if m["nos"] else len(nos))
        ]

    def repair(self, m: re.Match[str]) -> list[str]:
        truth = self.truth
        silent = truth.answered("未报送")
        cut_off = [name for name in silent if truth.units[name].unreached]
        asked = silent if m["all"] else self.names(m["missing"] or "")
        return [
            self.same("补报", sorted(asked), sorted(set(silent) - set(cut_off))),
            self.who(m["unreached"] or "", cut_off),
            self.who(m["returned"] or "", truth.answered("待更正")),
            self.next_day(m["day"]),
        ]

    def next_round(self, m: re.Match[str]) -> list[str]:
        label = m["label"] or self.truth.month.period.next.label
        return [
            self.everyone(m["who"]),
            self.same("下期", label, self.truth.month.period.next.label),
            self.next_day(m["day"]),
        ]

    def year_end(self, m: re.Match[str]) -> list[str]:
        left = len(self.truth.states) - self.truth.state_count("已完成")
        return [
            self.same("年度", int(m["year"]), self.truth.month.period.year),
            self.same("尚未完成", int(m["left"] or 0), left),
            self.everyone(m["who"] or m["all"]),
            self.next_day(m["day"]) if m["day"] else "",
        ]

    def contact(self, m: re.Match[str]) -> list[str]:
        office = self.config.office
        return [
            self.same("联系", m[0], f"联系单位：{office.name}；联系人：{office.contact}；联系电话：{office.phone}。")
        ]
