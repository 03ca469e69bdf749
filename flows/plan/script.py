"""Traditional characters into simplified ones, and the pinyin that web converters leave between them: 發(fā)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_TONES = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"(?<=[{_HAN}])[(（](?=[a-zü{_TONES}]*[{_TONES}])[a-zü{_TONES}]{{1,6}}[)）]")
_GARBLED = re.compile(
    rf"[\ufffd\ue000-\uf8ff]|锟斤拷|烫烫烫|\(cid:[0-9]+\)|[\u3041-\u306d\u306f-\u30fa\u3105-\u312f\u2500-\u257f]"
    rf"|(?<=[{_HAN}，。])\?[;；?？。，、]|(?<=[{_HAN}])_(?=[{_HAN}])"
)
"""What a wrong encoding makes of Chinese: marks of the unknown, kana and zhuyin, frames of tables, lone “?” and “_”."""
_ZHE = re.compile(r"著(?=[力眼手重实陆装]|想)|(?<=[绕沿随志味向朝带跟])著")
"""著 that simplified texts write 着; 著名, 专著, 显著 keep theirs."""
_SHARE = 0.04
"""Of a traditional text at least a quarter are characters that simplified texts do not have; of a simplified one that
quotes a name, a handful."""


def is_traditional(text: str) -> bool:
    """The text as a whole is written in traditional characters."""
    han = len(re.findall(f"[{_HAN}]", text))
    return han > 0 and _traditional_in(text) > max(4, han * _SHARE)


def simplified(text: str) -> str:
    """A traditional text in simplified characters, without the pinyin that converters put behind characters.

    Call it only for parts of a document that is_traditional(): 著, 乾 or 后 mean something else in a simplified one.
    A part without a single traditional character keeps its characters. Punctuation stays as it is printed.
    """
    text = _PINYIN.sub("", text)
    # The library parts at white space and returns it unchanged.
    return _ZHE.sub("着", str(_converter().convert(text)) if _traditional_in(text) else text)


def garbled(text: str) -> str:
    """The first place where a wrong encoding has destroyed characters, with its surroundings; '' for none."""
    found = _GARBLED.search(text)
    return text[max(0, found.start() - 4) : found.end() + 6] if found else ""


def _traditional_in(text: str) -> int:
    """How many characters have a simplified form and do not occur in simplified texts."""
    return sum(1 for char in text if "\u3400" <= char <= "\u9fff" and _is_traditional_only(char))


@cache
def _is_traditional_only(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return bool(_converter().convert(char) != char)
    return False


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
