"""What a bulletin template of an earlier version has no place for: it prints as ever, and the office is told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flows.documents.bulletin import CHART_PAGE, OWN_MASTHEAD
from flows.documents.lint_marks import HINT
from flows.documents.render import names_used
from flows.problems import Problem

_HEAD: Final = "刊头"
_WITHOUT: Final = {
    _HEAD: f"没有“{OWN_MASTHEAD}”刊头的位置，版头总是“文件”",
    CHART_PAGE: "没有图示附件的位置，通报里不附图",
    "版记主送": "没有版记主送的位置，主送单位再多也都排在首页",
}
_CURE: Final = "要用的，请把 taizhang init 新建目录里的 通报.docx 拿来改，或照它补上"


def newer_lacking(template: Path, style: str) -> tuple[list[Problem], list[str]]:
    """What the template has no place for: problems where the office's settings want it, notes for the rest.

    ``style`` is that of [bulletin]. Only 通报.docx has grown so; nothing is said of other templates.
    """
    if not template.stem.startswith("通报"):
        return [], []
    used = names_used(template)
    if not used:  # it cannot be read, which is told as the fault it is
        return [], []
    lacking = {name: words for name, words in _WITHOUT.items() if name not in used}
    problems = []
    if style == OWN_MASTHEAD and lacking.pop(_HEAD, ""):
        message = f"config.toml 里设了“{OWN_MASTHEAD}”版头，模板里没有刊头的位置，印出来仍是“文件”版头"
        problems.append(Problem(message, _CURE, cell="版头", field=HINT))
    return problems, [f"{words}。{_CURE}" for words in lacking.values()]
