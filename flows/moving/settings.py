"""One key of config.toml set, the rest of the office's file and its remarks left as they are."""

from __future__ import annotations

import json
import re
import tomllib

from flows.problems import UserError

_VALUE = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^#\n]*?)"


def with_key(text: str, section: str, key: str, value: str) -> str:
    """The settings with ``key`` of ``[section]`` as ``value``; UserError when the file is not written as usual."""
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    head = re.search(rf"^\[{re.escape(section)}\][ \t]*(?:#.*)?$", text, re.MULTILINE)
    if head is None:
        changed = f"{text.rstrip()}\n\n[{section}]\n{line}\n"
    else:
        following = re.search(r"^\[", text[head.end() :], re.MULTILINE)
        end = head.end() + following.start() if following else len(text)
        body = text[head.end() : end]
        new, count = re.subn(
            rf"^{key}[ \t]*=[ \t]*{_VALUE}([ \t]*(?:#.*)?)$", lambda m: line + m[1], body, count=1, flags=re.MULTILINE
        )
        changed = text[: head.end()] + (new if count else f"\n{line}{body}") + text[end:]
    try:
        done = tomllib.loads(changed)[section][key] == value
    except (tomllib.TOMLDecodeError, KeyError):
        done = False
    if not done:
        raise UserError(f"config.toml 的 [{section}] 改不了", f"请在备份的 config.toml 里写好 {line} 再恢复")
    return changed
