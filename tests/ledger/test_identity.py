"""The signed identity: short, readable, and false as soon as a letter of it is changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.ledger.identity import find_tokens, read_claim, row_key, sign, token, verify
from flows.ledger.model import Identity
from tests.ledger.samples import SECRET

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
identities = st.builds(Identity, plan=words, unit=words, period=words, layout=st.integers(1, 99))
IDENTITY = Identity("要点", "临湖区人民政府", "2026-10", 1)


@given(identities, words)
def test_whatever_the_names_are_token_and_row_key_bring_them_back(identity: Identity, no: str) -> None:
    found = read_claim(token(identity, SECRET), SECRET)
    assert found is not None
    assert (found.identity, found.valid, found.no) == (identity, True, None)
    key = read_claim(row_key(identity, no, SECRET), SECRET)
    assert key is not None
    assert (key.identity, key.valid, key.no) == (identity, True, no)


@given(identities, identities)
def test_a_signature_holds_for_one_identity_only(one: Identity, other: Identity) -> None:
    assert verify(one, sign(one, SECRET), SECRET)
    assert verify(other, sign(one, SECRET), SECRET) == (one == other)
    assert not verify(one, sign(one, b"another secret"), SECRET)


def test_a_changed_unit_makes_the_token_false() -> None:
    forged = read_claim(token(IDENTITY, SECRET).replace("临湖区", "临江区"), SECRET)
    assert forged is not None
    assert not forged.valid
    assert forged.identity.unit == "临江区人民政府"


def test_a_key_of_one_row_does_not_fit_another() -> None:
    key = row_key(IDENTITY, "2.1", SECRET).replace(";2.1;", ";2.2;")
    found = read_claim(key, SECRET)
    assert found is not None
    assert not found.valid


def test_a_token_for_an_ordinary_unit_fits_a_custom_property() -> None:
    assert (
        len(token(Identity("2026年政务公开工作要点", "某某市住房和城乡建设管理综合行政执法局", "2026-10", 1), SECRET))
        <= 255
    )


def test_tokens_are_found_inside_other_text_and_rubbish_is_not_one() -> None:
    text = token(IDENTITY, SECRET)
    assert find_tokens(f"<vt:lpwstr>{text}</vt:lpwstr>") == (text,)
    for rubbish in ("", "tzs1", "tzs1;a;b;x;c;d", "tzr1;a;b", "任务"):
        assert read_claim(rubbish, SECRET) is None


def test_no_key_looks_like_a_control_character_and_keys_of_before_still_hold() -> None:
    identity = Identity("plan", "市教育局", "2026-03", 1)
    keys = [row_key(identity, str(no), SECRET) for no in range(20_000)]
    assert not any("_x" in key for key in keys)
    changed = [(no, key) for no, key in enumerate(keys) if ".x" in key]
    assert changed
    for no, key in changed:
        before = read_claim(key.replace(".x", "_x"), SECRET)
        assert before is not None
        assert (before.valid, before.no) == (True, str(no))
