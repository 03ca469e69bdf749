"""What a new user reads first: help pages without a word of English prose, and wrong use that says what was meant."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest

from flows.cli import execute
from tests.packaging.test_readme import commands

ENGLISH = re.compile(
    r"\b(usage|options?|arguments?|commands?|required|default|show|path|text|integer|int|str|float|bool|file)\b", re.I
)


def typed(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = execute(list(words))
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("command", ["", "mail", "template", *commands()])
def test_a_help_page_is_chinese(command: str) -> None:
    code, page, _ = typed(*command.split(), "--help")
    assert code == 0
    # Names that are typed are no prose: commands, options, file names, what stands in brackets of config.toml.
    prose = re.sub(r"--?[a-z-]+|[\w./-]*\.\w+|\[[a-z.]+\]|taizhang( [a-z]+)*|^  [a-z]+  ", "", page, flags=re.MULTILINE)
    assert not ENGLISH.findall(prose), page
    assert not re.search(r"<\w+>|\{|<=", page), page
    assert page.startswith(f"用法：taizhang {command}".rstrip())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("distibute", "要点"), "是不是 distribute？"),
        (("mail", "chek"), "是不是 check？可用的命令见 taizhang mail --help。"),
        (("mail",), "taizhang mail 后面还要写做什么：check、settle。"),
        (("annual", "要点", "--year", "1"), "--year 的写法不对，不能小于 2000。"),
        (("annual", "要点", "--year", "3000"), "--year 的写法不对，不能大于 2099。"),
        (("annual", "要点", "--year", "今年"), "--year 的写法不对，应是整数。"),
        (("show",), "缺少“计划”。用法见 taizhang show --help。"),
        (("menu", "3"), "多了“3”。"),
    ],
)
def test_wrong_use_is_told_with_what_was_meant(words: tuple[str, ...], said: str) -> None:
    code, out, err = typed(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
