"""The commands about the Word templates that an office edits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.chinese_help import ChineseCommand, ChineseGroup
from flows.commands.command_line import JsonFlag, finish, settings
from flows.console import Screen

template_app = typer.Typer(
    cls=ChineseGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="模板：检查改过的 Word 模板。",
    context_settings={"help_option_names": ["--help", "-h"]},
)


@template_app.callback()
def templates() -> None:
    """模板：检查改过的 Word 模板。"""


@template_app.command("check", cls=ChineseCommand)
def check(
    file: Annotated[Path | None, typer.Argument(metavar="文件", help="要检查的模板；默认是 templates 里的全部")] = None,
    as_json: JsonFlag = False,
) -> None:
    """检查 Word 模板：名称、标记、图表、版面、字体、样式，一次列全。"""
    from flows.documents.lint import as_rows, check_template, stops
    from flows.documents.lint_newer import newer_lacking
    from flows.workspace import find_home

    screen = Screen(as_json)
    files = [file] if file else sorted(find_home(settings.home).templates.glob("[!~]*.docx"))
    style = _style(needed=file is None)
    found = {}
    for path in files:
        problems = check_template(path)
        wanted, notes = newer_lacking(path, style)
        found[path] = [*problems, *wanted], notes
    screen.result(
        {
            "templates": [
                {"file": str(path), "problems": as_rows(problems), "notes": notes}
                for path, (problems, notes) in found.items()
            ]
        }
    )
    for path, (problems, notes) in found.items():
        screen.say(f"{path.name}：{len(problems)} 处" if problems else f"{path.name}：没有发现问题")
        for problem in problems:
            screen.say(f"  {problem.sentence}")
        for note in notes:
            screen.say(f"  说明：{note}")
    finish(any(stops(problems) for problems, _ in found.values()))


def _style(*, needed: bool) -> str:
    """[bulletin] style of the home; a single file may lie where there is none."""
    from flows.problems import UserError
    from flows.workspace import find_home

    try:
        return find_home(settings.home).config().bulletin.style
    except UserError:
        if needed:
            raise
        return ""
