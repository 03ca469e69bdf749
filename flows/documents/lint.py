"""The linter of Word templates: everything that is wrong with one, at once, in Chinese, with the paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.documents.lint_look import look_problems
from flows.documents.lint_marks import HINT, MARK, NAME, STOPS, mark_problems
from flows.documents.lint_words import emptied, words_of
from flows.documents.render import opened, render
from flows.problems import Problem, UserError


def check_template(path: Path, words: Mapping[str, Any] | None = None) -> list[Problem]:
    """Every problem of a template: tags and names, then page, faces and styles; [] when all is well.

    ``cell`` is the place (第3段“…”, 第1个表格第2行“…”), ``field`` the kind: 标记 名称 写法 版面 字体 样式, see `STOPS`.
    ``words`` is what may be printed, by example; by default what the template of this file name may print, and when
    that is not known names are not looked at. UserError when the file is no Word document.
    """
    document = opened(path).docx
    known = words if words is not None else words_of(path)
    found = mark_problems(document, known or {})
    if known is None:
        found = [problem for problem in found if problem.field != NAME]
    elif not stops(found):
        found += _tried(path, known)
    return [*found, *look_problems(document)]


def stops(problems: Iterable[Problem]) -> list[Problem]:
    """Those with which no document can be written."""
    return [problem for problem in problems if problem.field in STOPS]


def as_rows(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The JSON form: place, kind, message, cure, and whether it stops documents."""
    return [
        {
            "place": problem.cell,
            "kind": problem.field,
            "message": problem.message,
            "cure": problem.cure,
            "stops": problem.field in STOPS,
        }
        for problem in problems
    ]


def _tried(path: Path, words: Mapping[str, Any]) -> list[Problem]:
    """What shows only when the template is filled: once with everything, once with nothing."""
    with TemporaryDirectory() as folder:
        for field, content, when in ((MARK, words, ""), (HINT, emptied(words), "没有内容可写的月份会出错：")):
            try:
                render(path, content, Path(folder) / "试印.docx")
            except UserError as error:
                return [Problem(f"{when}{error.message}", error.hint, field=field)]
    return []
