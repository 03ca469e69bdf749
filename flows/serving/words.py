"""What the parameters of flows are called on the page, and what is said beside each."""

from __future__ import annotations

from collections.abc import Mapping

PARAMETERS: Mapping[str, tuple[str, str]] = {
    "home": ("工作目录", "有 config.toml 的文件夹"),
    "slug": ("计划", "计划代号，即读入计划时起的名字"),
    "plan": ("计划", "计划代号，即读入计划时起的名字"),
    "into": ("并入哪个计划", "新一年的计划代号"),
    "period": ("期次", "写 本月、上月，或年-月，如 2026-10"),
    "first": ("从哪一期", "年-月，如 2026-01"),
    "last": ("到哪一期", "年-月，如 2026-12；年报数据：放上年各单位年报的文件夹，可留空"),
    "year": ("年度", "如 2026"),
    "send": ("寄出信件", "关掉则信件只写成文件，不寄出"),
    "reissue": ("替换已发的台账", "计划改过以后，替换已经发出的台账并重发"),
    "again": ("再发一次的单位", "单位全称或别名；没有的留空"),
    "folder": ("从哪个文件夹收", "留空则从邮箱收；没有设邮箱的，从 ledgers/收件箱 收"),
    "dry": ("只看不收", "逐项列出会怎样变，什么都不改"),
    "day": ("信上的日期", "如 2026-10-08；留空为今天"),
    "as_of": ("数字截至", "如 2026-10-31；留空为期末或今天"),
    "signed_on": ("成文日期", "如 2026-11-08；留空为今天"),
    "leave": ("谁同意寄出", "recorded：以记录的同意为准"),
    "problems": ("问题清单", "巡视、审计等列出问题的文件，可留空"),
    "due": ("完成时限", "没有写时限的问题用它，如 2027-06-30；可留空"),
    "adjust": ("加减分表", "办公室另写的加减分表，可留空"),
    "decision": ("决定", "先看看：只看要寄什么、寄给谁；同意寄出：记下同意；收回同意：以后要再确认"),
    "bulletin_decision": ("决定", "同意生成：到点检查时生成通报；收回同意：先不生成"),
}
"""Parameter → (title, description)."""
