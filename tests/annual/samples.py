"""A unit's numbers that fit together, and the hands that fill in its workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook, load_workbook

from flows.annual import layout
from flows.annual.checker import AnnualExpectation, check_annual
from flows.annual.format import FEE, FEES, KEYS, PARTS
from flows.annual.model import AnnualBook, AnnualReturned, AnnualTables, Filing, Narrative
from flows.annual.workbook import render_annual
from flows.ledger.model import Identity

SECRET = b"a secret of thirty-two bytes ...."
UNIT = "临湖区人民政府"
OTHER = "市教育局"
YEAR = 2026


def tables(**cells: Any) -> AnnualTables:
    """All cells 0 but these; ``__`` stands for the dots of a key: ``tables(_3__r01__总计=5)``."""
    given = {name.lstrip("_").replace("__", "."): value for name, value in cells.items()}
    return AnnualTables.of({**dict.fromkeys(KEYS, 0), **given})


LAST = AnnualTables.of(
    {
        **dict.fromkeys(KEYS, 0),
        "2.1.规章.制发": "/",
        "2.1.规章.废止": "/",
        "2.1.规章.有效": "/",
        "2.1.行政规范性文件.有效": 18,
        "2.5.行政许可.处理决定": 320,
        FEE: "1.25",
        "3.r25.自然人": 2,
        "3.r25.总计": 2,
        "4.复议.维持": 1,
        "4.复议.总计": 1,
    }
)
"""What the unit reported for 2025."""

NOW = LAST.changed(
    {
        "2.1.行政规范性文件.制发": 3,
        "2.1.行政规范性文件.废止": 1,
        "2.1.行政规范性文件.有效": 20,
        "3.r01.自然人": 10,
        "3.r01.商业企业": 2,
        "3.r01.总计": 12,
        "3.r02.自然人": 2,
        "3.r02.总计": 2,
        "3.r03.自然人": 8,
        "3.r03.商业企业": 2,
        "3.r03.总计": 10,
        "3.r05.自然人": 1,
        "3.r05.总计": 1,
        "3.r13.自然人": 3,
        "3.r13.总计": 3,
        "3.r24.自然人": 12,
        "3.r24.商业企业": 2,
        "3.r24.总计": 14,
        "3.r25.自然人": 0,
        "3.r25.总计": 0,
    }
)
"""What it reports for 2026: every rule holds."""

TEXTS = {
    "主动公开": "全年主动公开政府信息1260条，制发行政规范性文件3件，现行有效规范性文件20件。",
    "依申请公开": "本年新收政府信息公开申请12件，上年结转2件，全部办结；被申请行政复议1件，未发生行政诉讼。",
    "政府信息管理": "修订公开目录，清理规范性文件，建立发布前审查台账。",
    "平台建设": "改版门户网站专栏，开通线下公开专区两处。",
    "监督保障": "组织培训两场，开展年度考核和社会评议，未发生责任追究。",
    "存在问题": "部分栏目更新不够及时，政策解读形式比较单一。",
    "改进措施": "每月通报栏目更新情况，增加图解和短视频解读。",
}


def filing(unit: str = UNIT, year: int = YEAR, numbers: AnnualTables = NOW, **more: Any) -> Filing:
    """A complete filing."""
    narrative = Narrative(TEXTS, {key: AnnualTables.of({FEE: 0})[FEE] for key, _ in FEES})
    return Filing(unit, year, numbers, **({"narrative": narrative, "filler": "张三"} | more))


def book(unit: str = UNIT, last: AnnualTables | None = LAST) -> AnnualBook:
    """The unit's workbook as it is issued."""
    identity = Identity("要点", unit, str(YEAR), 1)
    return AnnualBook(identity, "云川市政务公开工作要点", "云川市政务公开办公室", "2027年1月26日", "周同志", last)


ISSUED = render_annual(book(), SECRET)


def expectation(last: AnnualTables | None = LAST) -> AnnualExpectation:
    """What the round expects: the unit and one other."""
    known = frozenset({UNIT, OTHER})
    before = {UNIT: Filing(UNIT, YEAR - 1, last)} if last else {}
    return AnnualExpectation("要点", YEAR, known, known, {"临湖区": UNIT}, before)


def typed(numbers: AnnualTables = NOW) -> dict[str, Any]:
    """What a person types to report these numbers and the usual texts, by key."""
    values: dict[str, Any] = {}
    for key in KEYS:
        amount = numbers[key]
        values[key] = float(amount.number) if amount.number is not None else amount.shown or None
    values |= {part.key: TEXTS.get(part.key) for part in PARTS}
    values |= {key: 0 for key, _ in FEES}
    return values | {layout.FILLER: "张三", layout.PHONE: "0700-1234567"}


def opened(data: bytes) -> Workbook:
    """The workbook as openpyxl sees it."""
    return load_workbook(io.BytesIO(data))


def saved(workbook: Workbook) -> bytes:
    """The workbook as bytes."""
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def types(workbook: Workbook, values: Mapping[str, Any]) -> Workbook:
    """Type values into the cells of their keys."""
    for key, value in values.items():
        spot = layout.SPOTS[key]
        workbook[spot.sheet].cell(spot.row + 1, spot.column + 1).value = value
    return workbook


def filled(changes: Mapping[str, Any] | None = None, data: bytes = ISSUED) -> bytes:
    """The issued workbook, filled in rightly but for these changes."""
    return saved(types(opened(data), {**typed(), **(changes or {})}))


def corrected(data: bytes, changes: Mapping[str, Any]) -> bytes:
    """A returned workbook in which only some cells were typed over."""
    return saved(types(opened(data), changes))


def check(data: bytes, last: AnnualTables | None = LAST) -> AnnualReturned:
    """The verdict on returned bytes."""
    return check_annual(data, "回复.xlsx", expectation(last), SECRET)
