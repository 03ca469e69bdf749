"""What stands around the six sections of the annual report: title, opening, 六、其他 and what is still missing."""

from __future__ import annotations

from decimal import Decimal

from flows.annual import format as official
from flows.annual.model import plain
from flows.documents.annual_material import TO_FILL, Line, Material, Part, chosen, filed
from flows.documents.annual_overall import joined
from flows.documents.chinese import listed
from flows.documents.titles import balanced

_MISSING_NAMED = 20
"""Missing units named in the report itself; all stand in 年报核对.xlsx."""


def title(material: Material) -> str:
    """云川市人民政府2026年政府信息公开工作年度报告, broken into lines that keep words whole."""
    first, second = material.government, f"{material.year}年政府信息公开工作年度报告"
    return "\n".join((*balanced(first), second))


def opening(material: Material) -> tuple[str, ...]:
    """The paragraphs before 一: legal basis, the six parts, 统计期限, where to read it, whom to ask."""
    parts = "、".join(section.partition("、")[2] for section in official.SECTIONS)
    first = (
        f"本报告根据《中华人民共和国政府信息公开条例》（以下简称《条例》）和《中华人民共和国政府信息公开工作年度报告格式》"
        f"（国办公开办函〔2021〕30号）编制，全文包括{parts}六个部分。"
        f"报告中所列数据的统计期限为{material.year}年1月1日至{material.year}年12月31日。"
    )
    settings, office = material.settings, material.office
    told = [
        f"{word}：{value}"
        for word, value in (
            ("地址", settings.address),
            ("邮编", settings.postcode),
            ("电话", office.phone),
            ("电子邮箱", settings.email),
        )
        if value
    ]
    second = f"报告电子版可在{settings.website}查阅、下载。" if settings.website else ""
    if told:
        second += f"如对报告有疑问，请与{office.name}联系（{'，'.join(told)}）。"
    return (first, second) if second else (first,)


def missing_notes(material: Material) -> tuple[str, ...]:
    """The warning in the report as long as units are missing: their numbers are not 0, they are not there."""
    if not material.missing:
        return ()
    named = listed(unit for unit, _ in material.missing[:_MISSING_NAMED])
    more = f"等{len(material.missing)}个单位" if len(material.missing) > _MISSING_NAMED else ""
    which = "这些单位" if len(material.missing) > 1 else "该单位"
    return (f"【本稿不完整：{named}{more}没有数据，表中数字不含{which}，补齐后请重新生成】",)


def others(material: Material) -> Part:
    """六、其他需要报告的事项: 信息处理费, also when it is zero, then what units want to be told."""
    lines, gaps = [], []
    asked, due, paid = (material.fees.get(key) for key, _ in official.FEES)
    if asked is None or due is None or paid is None or asked.is_blank or due.is_blank or paid.is_blank:
        gaps.append(TO_FILL.format("信息处理费的件数和金额没有报齐"))
    else:
        text = _fee(material, *(each.counted or Decimal(0) for each in (asked, due, paid)))
        lines.append(Line(text, figures=tuple(dict(official.FEES))))
    said = filed(material, official.OTHER_MATTERS)
    told = chosen(said, material.settings.units_told)
    if told:
        lines.append(Line(joined(told), said, told))
    elif material.filings:
        lines.append(Line("没有其他需要报告的事项。"))
    return Part("", tuple(lines), tuple(gaps))


def _fee(material: Material, asked: Decimal, due: Decimal, paid: Decimal) -> str:
    basis = f"依据《政府信息公开信息处理费管理办法》，{material.year}年{material.region}"
    if not asked and not due and not paid:
        return f"{basis}没有发出收费通知，实际收取信息处理费0元。"
    return f"{basis}发出收费通知{plain(asked)}件，总金额{plain(due)}元，实际收取信息处理费{plain(paid)}元。"
