"""Sentences that rest on the office's own settings and on the bulletin before, counted again."""

from __future__ import annotations

import re
from collections import Counter

from tests.documents.consistency_words import Words
from tests.documents.truth_measures import item_pace


class Measures(Words):
    """What the office's own settings and the bulletin before add to the first chapter."""

    def schedule(self, m: re.Match[str]) -> list[str]:
        month = self.truth.month
        counted = Counter(item_pace(self.truth.of(item.no), month) for item in month.plan.items)
        if alone := re.fullmatch(r"均?为(\S+)", m["rest"]):
            printed = {alone[1]: len(month.plan.items)}
        else:
            printed = self.shares(m["rest"], "项")
        return [self.same("序时", printed, dict(counted)), self.same("开关", month.lights.schedule, True)]

    def excused(self, m: re.Match[str]) -> list[str]:
        facts = [fact for fact in self.truth.facts if fact.excused]
        found = [self.same("豁免", int(m["count"]), len(facts))]
        told = 0
        for part in m["rest"].split("；"):
            named = re.fullmatch(r"(.*)，因(.+)", part)
            many = re.fullmatch(r"因(.+?)(\d+)项次", part)
            reason = named[2] if named else many[1] if many else part
            same = [fact for fact in facts if fact.excused == reason]
            told += len(same)
            if named:
                found += self.by_unit(named[1], same, len(same))
            else:
                found.append(self.same("豁免", int(many[2]) if many else 0, len(same)))
        return [*found, self.same("豁免合计", told, len(facts))]

    def followed(self, m: re.Match[str]) -> list[str]:
        known = self.truth.followed or []
        found = [self.same("上期", m["label"], self.truth.previous_label)]
        told = []
        for text in m["rest"].split("。"):
            start = re.match(r"(.+?)(\d+)(项次|个)，", text)
            if start is None:
                found.append(f"看不懂：{text}")
                continue
            told.append(start[1])
            own = [each for each in known if each[0] == start[1]]
            found.append(self.same(start[1], int(start[2]), len(own)))
            found += self._outcomes(text[start.end() :], own)
        return [*found, self.same("上期问题", told, [what for what in _COMPLAINTS if what in {k[0] for k in known}])]

    def _outcomes(self, text: str, own: list[tuple[str, str, str, str]]) -> list[str]:
        counted = Counter(each[3] for each in own)
        text, _, named = text.partition("：")
        if text.startswith("其中"):
            parts = re.findall(r"([^，]+?)(\d+)(?:项次|个)", text.removeprefix("其中"))
            printed = {word: int(number) for word, number in parts}
        else:
            word = re.sub("^(?:已全部|均|已(?=全))", "", text).replace("本期均", "本期").replace("本期未", "本期仍未")
            word = {"未完成": "仍未完成", "办结": "已办结"}.get(word, word)
            printed = {word: len(own)}
        left = [each for each in own if "仍" in each[3]]
        found = [self.same("结果", printed, dict(counted))]
        if not named:
            return [*found, self.same("列出", len(left) > 20 or not left, True)]
        if own[0][2]:
            return [*found, *self._pairs(named, left)]
        return [*found, self.who(named, [each[1] for each in left])]

    def _pairs(self, text: str, left: list[tuple[str, str, str, str]]) -> list[str]:
        pattern = self.filled(r"(UNIT)（(NOS)）")
        told = [(name, no) for name, nos in re.findall(pattern, text) for no in self.nos(nos)]
        return [
            self.same("单位与任务", sorted(told), sorted((each[1], each[2]) for each in left)),
            self.same("写法", re.sub(pattern, "", text).strip("、"), ""),
        ]

    def notices(self, m: re.Match[str]) -> list[str]:
        names = {0: "提示单", 1: "蓝色督办单", 2: "黄色督办单", 3: "红色督办单", 4: "提出约谈建议"}
        counted = Counter(names[level] for level, _ in self.truth.notices)
        printed = {word: int(number) for word, number in re.findall(r"(?:发出)?([^，]+?)(\d+)份", m["rest"])}
        supervised = any(0 < level < 4 for level, _ in self.truth.notices)
        return [self.same("督办", printed, dict(counted)), self.same("书面回复", bool(m["asked"]), supervised)]


_COMPLAINTS = ("逾期未完成的任务", "需协调解决的事项", "未报送的单位", "逾期报送的单位", "需更正未重报的单位")
