"""What is pressed against its like comes back as it was, here and in a worker."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from flows.storage.alike import Alike


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)))))
def test_every_text_comes_back_wherever_it_is_read(texts: list[str]) -> None:
    alike = Alike()
    pressed = [alike.press(text) for text in texts]
    elsewhere, sent = pickle.loads(pickle.dumps((alike, pressed)))
    assert [elsewhere.opened(each).decode("utf-8") for each in sent] == texts


def test_units_of_one_plan_add_little_to_the_first() -> None:
    rows = [f"第{number}项：按时限公开第{number}类信息，每季度更新，报送佐证材料。" for number in range(60)]
    text, alike = "；".join(rows), Alike()
    alike.press(text)
    other = alike.press(text.replace("每季度", "每半年", 5))
    assert len(other) < len(text.encode()) / 20
