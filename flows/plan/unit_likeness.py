"""Whether a text looks like the name of a unit, or like a list of units and words such as 牵头; no roster is asked."""

from __future__ import annotations

import re

from flows.plan.textual import full_width, outside_brackets

_ROUND = str.maketrans("〔〕[]", "（）（）")
VERB = r"(?:牵头|主办|负责|落实|配合|承办|协办|协助|参与|实施|执行|组织实施|办理|推进|抓总|抓落实|分工|分工负责)"
LOCAL = r"(?:各|全[省市县区]|省|市|区|县|州|盟|旗|镇|乡|国家|中央|驻|本|局|委)"
_STRONG_END = (
    r"(?:局|委|办|厅|院|署|中心|办公室|政府|公司|集团|管委会|委员会|街道|街道办|办事处|部门|单位|乡镇|镇街|街镇|科|科室|处室|股|大队|支队|总队"
    r"|处|各处室|支部|党委|协会|学会|组|队|室|院|庭|网|报社|银行|支行|团委|工会|妇联|残联|工商联|总工会|部|馆|台|站|所|学校|高校|院校|医院|医疗机构|银行机构|金融机构|运营商|企业|[一-龥]{0,4}社(?<!旅行社)|红十字会|联合会|商会|基金会|促进会|村委会|居委会|党组织|社会组织|大学|中学|小学|幼儿园|园区|开发区|县区|县市区|县（市、区）|区县|专班|指挥部|领导小组|分局|税务|海关|[一-龥]?纪委|监委|党委|编办|政法委|人大|政协|武装部)"
)
_VERBS_BEHIND = re.compile(
    rf"(?:等)?(?:(?:按照?|依照?|根据|依据)(?:各自|部门|工作)?(?:职责|职能|任务|分工|要求)|共同|分别|具体)?{VERB}.*$"
)
_LABELS_AHEAD = re.compile(r"^(?:牵头|责任|配合|主办|协办|落实|承办|参与)(?:单位|部门|科室|处室)?：")
_UNIT = re.compile(
    rf"(?:由|会同|请)?(?:{LOCAL}[一-龥（）、和与及\s]{{0,28}}?|[一-龥]{{2,16}}?){_STRONG_END}(?:（[^（）]{{1,30}}）)?(?:等(?:相关|有关|市直|区直|县直)?(?:部门|单位)?)?"
)
_EACH = re.compile(
    r"各(?:有关|相关)?[一-龥（）、]{0,10}(?:社区|村|居|网格|片区|班组|镇|乡|县|市|区|州|旗)(?:（[^（）]*）)?"
)


def is_unit(name: str) -> bool:
    """One name, with or without a level in front: 市发展改革委, 各县〔区〕政府, 宣传部."""
    name = name.translate(_ROUND)
    if (
        re.fullmatch(r"各?[市县区州镇乡地]", name)
        or _EACH.fullmatch(name)
        or (len(name) > 1 and re.fullmatch(_STRONG_END, name))
    ):
        return True
    return 2 < len(name) <= 30 and bool(_UNIT.fullmatch(name))


def is_unit_name(text: str) -> bool:
    """“市发展改革委（3项）”: the name of one unit, as a heading that assigns what stands below it."""
    name = re.sub(r"（(?:共)?[0-9]+(?:项|条)）|[0-9]+项$", "", full_width(text)).strip("：。 ")
    return len(name) > 2 and is_unit(name) and "、" not in name


def looks_like_units(text: str) -> bool:
    """A cell that holds names of units and words such as 牵头, and nothing else."""
    text = full_width(re.sub(r"\s+", "、", text.strip())).translate(_ROUND)
    if text.endswith("。") and not re.search(f"、|，|；|{VERB}。", text):
        return False
    text = text.strip("。；，、")
    if not text or len(text) > 300:
        return False
    names = [_LABELS_AHEAD.sub("", name) for name in names_of(text) if name]
    likely = sum(1 for name in names if is_unit(_VERBS_BEHIND.sub("", name)) or re.fullmatch(_STRONG_END, name))
    return bool(names) and likely * 10 >= len(names) * 7


def is_unit_list(text: str) -> bool:
    """The front of a clause with a verb: names of units, perhaps with words such as 按职责分工 behind."""
    text = re.sub(
        r"(?:按照|按|根据|依据)?(?:各自|部门)?(?:职责|职能|任务)?(?:分工|职责)?(?:共同|分别|具体)?$", "", text
    )
    text = re.sub(r"(?:等(?:\d+个)?(?:相关|有关|市直|区直|县直|市级)?(?:部门|单位)?|分别|共同|具体)$", "", text)
    names = [name for name in names_of(text) if name]
    if not names:
        return False
    return is_unit(names[0].removeprefix("由")) or bool(re.fullmatch(r"各[一-龥（）、]{1,12}", names[0]))


def names_of(text: str) -> list[str]:
    """The names between separators that stand outside of brackets; '' for an empty one."""
    outside = outside_brackets(text)
    names, start = [], 0
    for at, char in enumerate(text):
        if outside[at] and char in "、，；。 ":
            names.append(text[start:at])
            start = at + 1
    return [*names, text[start:]]
