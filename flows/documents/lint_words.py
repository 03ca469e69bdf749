"""What each template may print, by example: the linter follows names through these, and fills a template with them.

Names are only ever added here: templates that offices have changed must keep working after an upgrade.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.documents.annual_words import ANNUAL
from flows.documents.assessment_words import ASSESSMENT
from flows.documents.charts.marker import NAMES

Words = Mapping[str, Any]

_RANKING_ROW = {
    "位次": "1",
    "单位": "甲区",
    "任务数": 10,
    "已完成": 4,
    "推进中": 3,
    "未启动": 1,
    "逾期": 1,
    "不涉及": 1,
    "完成率": "44.4%",
    "报送情况": "按时",
    "较上期": "↑1",
}
_OVERDUE_ROW = {
    "序号": 1,
    "单位": "甲区",
    "承担": "责任",
    "状态": "推进中",
    "进展": "正在修改。",
    "原因": "人手不足",
    "下步": "月底前完成",
}
_PROGRESS_ROW = {
    "编号": "1.1",
    "要求": "修订目录",
    "完成": "1/2",
    "状态": "推进中",
    "灯": "绿",
    "灯色": "A9D18E",
    "进展": "甲区：正在修改。",
}


def _attachment(number: int, title: str, row: Words) -> Words:
    groups = [{"标题": "（一）区县", "行": [row, row]}, {"标题": "（二）部门", "行": [row]}]
    return {"标识": f"附件{number}", "标题": title, "组": groups, "注": "注：数据截至2026年10月31日。"}


BULLETIN: Words = {
    "刊头": "督查通报",
    "发文机关标志": "云川市政务公开办公室文件",
    "发文机关标志长": True,
    "发文字号": "云政公开办〔2026〕5号",
    "期号": "第5期",
    "标题": "关于2026年政务公开工作要点\n10月份落实情况的通报",
    "主送机关": "各有关单位",
    "引言": "现将有关情况通报如下：",
    "章节": [
        {
            "标题": "一、总体情况",
            "段落": ["截至2026年10月31日，任务10项。"],
            "小节": [{"标题": "（一）任务进展", "段落": ["已完成4项。"]}],
        },
    ],
    "结语": "联系单位：云川市政务公开办公室。",
    "附件说明": ["附件：1.\t统计表", "2.\t逾期任务清单", "3.\t全部任务进展情况"],
    "署名": "云川市政务公开办公室",
    "成文日期": "2026年11月2日",
    "附注": "（此件公开发布）",
    "统计表": _attachment(1, "各单位任务完成情况统计表", _RANKING_ROW),
    "逾期表": _attachment(2, "逾期任务清单", _OVERDUE_ROW),
    "进展表": {**_attachment(3, "全部任务进展情况", _PROGRESS_ROW), "图例": "绿灯：正常推进。"},
    "图示": {"标识": "附件4", "标题": "任务完成情况图", "组": [{"标题": "完成情况"}], "注": ""},
    "版记主送": "各县区人民政府，市政府各部门",
    "抄送": "市委办公室，市政协办公室",
    "印发机关": "云川市政务公开办公室",
    "印发日期": "2026年11月2日",
    "期次": "2026年10月",
    "截至日期": "2026年10月31日",
    "计划名称": "云川市2026年政务公开工作要点",
    "数": {
        "任务": 10,
        "已完成": 4,
        "推进": 3,
        "未启动": 1,
        "逾期": 2,
        "项次": 20,
        "应报": 9,
        "实报": 6,
        "按时": 5,
        "迟报": 1,
        "待更正": 1,
        "核对中": 1,
        "未报": 1,
    },
    "图表": dict.fromkeys(NAMES, ""),
}
"""通报.docx."""

_NOTICE_ROW = {
    "编号": "1.1",
    "要求": "修订目录",
    "承担": "牵头",
    "时限": "2026年9月30日",
    "天数": 31,
    "填报": "推进中（40%）：正在修改。",
    "督办": "蓝：督办〔2026〕3号",
}
NOTICE: Words = {
    "发文机关标志": "云川市政务公开办公室\n督办单",
    "发文字号": "督办〔2026〕3号",
    "标题": "关于2026年政务公开工作要点\n逾期任务的督办单",
    "主送机关": "甲区人民政府",
    "颜色": "蓝",
    "级别": 1,
    "正文": ["下列任务已超过完成时限，请抓紧办理。"],
    "清单": [_NOTICE_ROW, _NOTICE_ROW],
    "清单标题": "逾期任务清单",
    "附件说明": "附件：逾期任务清单",
    "要求": ["请于2026年11月10日前书面回复。"],
    "结语": "联系人：李明。",
    "署名": "云川市政务公开办公室",
    "成文日期": "2026年11月2日",
    "单位": "甲区",
    "期次": "2026年10月",
    "截至日期": "2026年10月31日",
    "回复期限": "2026年11月10日",
    "计划名称": "云川市2026年政务公开工作要点",
    "项数": 2,
}
"""提示单.docx, 督办单.docx and 约谈建议.docx."""

TEMPLATES: Mapping[str, Words] = {
    "通报": BULLETIN,
    "年度报告": ANNUAL,
    "考核情况": ASSESSMENT,
    **dict.fromkeys(("提示单", "督办单", "约谈建议"), NOTICE),
}
"""Name of a template's file, without ending → what it may print."""


def words_of(template: Path) -> Words | None:
    """What a template may print, by its file's name (通报.docx, 通报（新）.docx); None for another name."""
    return next((words for name, words in TEMPLATES.items() if template.stem.startswith(name)), None)


def emptied(words: Any) -> Any:
    """The same names without content: no attachments, no rows, no words."""
    if isinstance(words, Mapping):
        return {name: emptied(inner) for name, inner in words.items()}
    return type(words)()
