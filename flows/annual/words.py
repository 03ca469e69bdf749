"""Labels of the official tables as they are compared: brackets, line ends, numbering and traditional forms aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from flows.annual.format import APPLICANTS, BLOCKS, ENDINGS, FEES, LINES, PARTS
from flows.ledger.forms.grid import Value
from flows.plan.script import simplified

_NUMBERING: Final = re.compile(
    r"^(?:[(\[【]?[一二三四五六七八九十]{1,2}[)\]】]?[、.．,]?|[(]?\d{1,2}[)]?[、.．,])(?=\D)"
)
_REMARK: Final = re.compile(r"\((?!含).*?\)")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
_TRADITIONAL: Final = re.compile(
    r"[請類當關發處內業構組織機務辦結轉開給報規範強現數總計訴訟復議維糾審經後間無說個題區與執製癈廢]"
)
_LONGEST: Final = 90


def word(value: Value) -> str:
    """A label without numbering, remarks in brackets, punctuation and blanks; '' for anything else."""
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        return ""
    return _word(value)


@lru_cache(maxsize=8192)
def _word(text: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if _TRADITIONAL.search(text):
        text = simplified(text)
    text = _REMARK.sub("", _NUMBERING.sub("", text))
    return _NOT_LETTERS.sub("", text)


LINE_WORDS: Final = {_word(line.label): line.number for line in LINES}
"""Label of a row of the third table → its number. 其他 and 总计 are also names of columns."""
LINE_BEGINNINGS: Final = {
    "本年新收": 1,
    "上年结转政府": 2,
    "部分公开": 4,
    "属于国家秘密": 5,
    "其他法律行政法规禁止": 6,
    "危及三安全": 7,
    "保护第三方": 8,
    "属于三类": 9,
    "属于四类": 10,
    "属于行政执法": 11,
    "属于行政查询": 12,
    "本机关不掌握": 13,
    "没有现成信息": 14,
    "补正后": 15,
    "信访举报投诉": 16,
    "要求提供公开出版物": 18,
    "无正当理由大量反复": 19,
    "要求行政机关确认": 20,
    "申请人无正当理由逾期不补正": 21,
    "申请人逾期未按收费": 22,
    "结转下年度": 25,
}
"""How a shortened or lengthened label of the third table begins."""
APPLICANT_WORDS: Final = {
    **{name: name for name in APPLICANTS},
    "合计": APPLICANTS[-1],
    "企业": "商业企业",
    "公益组织": "社会公益组织",
    "法律服务": "法律服务机构",
}
SECOND_ROWS: Final = {
    **{name: (block, name) for block in BLOCKS for name in block.rows},
    "规范性文件": (BLOCKS[0], BLOCKS[0].rows[1]),
}
SECOND_HEADS: Final = {_word(head): (block, key) for block in BLOCKS for key, head in block.columns}
"""Head of a number column of the second table → one of its blocks and the key word."""
ENDING_WORDS: Final = {_word(head): key for key, head in ENDINGS}
PART_WORDS: Final = {
    **{_word(part.head): part.key for part in PARTS},
    **{_word(part.head).removesuffix("情况"): part.key for part in PARTS},
}
FEE_WORDS: Final = {_word(name): key for key, name in FEES}
OLD_HEADS: Final = frozenset({"本年新制作数量", "本年新公开数量", "对外公开总数量", "上一年项目数量", "采购项目数量"})
"""Heads of the trial format of 2019, whose numbers mean something else."""


def line_of(value: Value) -> int | None:
    """Which row of the third table a label means."""
    text = word(value)
    if not text:
        return None
    if text in LINE_WORDS:
        return LINE_WORDS[text]
    return next((number for start, number in LINE_BEGINNINGS.items() if text.startswith(start)), None)
