"""The 授权码 comes from environment or keyring, and shows itself nowhere."""

from __future__ import annotations

import sys
import types

import keyring
import pytest
from keyring.backend import KeyringBackend

from flows.config import Mail
from flows.post.secrets import SERVICE, ask_last, mail_password
from flows.problems import UserError

MAIL = Mail(address="gongkai@office.example", password_env="TAIZHANG_TEST_PASSWORD")


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Broken(Drawer):
    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("no session bus")


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    monkeypatch.delenv(MAIL.password_env, raising=False)
    before, made = keyring.get_keyring(), Drawer()
    monkeypatch.setattr(keyring.core, "_keyring_backend", before)  # put back afterwards
    keyring.set_keyring(made)
    return made


def test_the_environment_comes_first(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawer.set_password(SERVICE, MAIL.address, "from keyring")
    assert mail_password(MAIL) == "from keyring"
    monkeypatch.setenv(MAIL.password_env, " from environment\n")
    assert mail_password(MAIL) == "from environment"


def test_a_secret_of_the_workflow_server_comes_last(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"mail-code": "from secret\n"}
    monkeypatch.setattr("flows.post.secrets._more", [])
    ask_last(lambda name: kept.get(name, ""))
    mail = MAIL.model_copy(update={"password_secret": "mail-code"})
    assert mail_password(mail) == "from secret"
    drawer.set_password(SERVICE, MAIL.address, "from keyring")
    assert mail_password(mail) == "from keyring"
    monkeypatch.setenv(MAIL.password_env, "from environment")
    assert mail_password(mail) == "from environment"


def test_a_secret_that_is_not_there_is_named(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.post.secrets._more", [])
    ask_last(lambda _name: "")
    with pytest.raises(UserError, match="也没有名为 mail-code 的 Secret"):
        mail_password(MAIL.model_copy(update={"password_secret": "mail-code"}))


def test_the_keyring_is_asked_for_the_login_name(drawer: Drawer) -> None:
    drawer.set_password(SERVICE, "gk", "other")
    assert mail_password(MAIL.model_copy(update={"user": "gk"})) == "other"


def test_without_a_password_the_clerk_learns_both_ways(drawer: Drawer) -> None:
    with pytest.raises(UserError) as caught:
        mail_password(MAIL)
    assert "TAIZHANG_TEST_PASSWORD" in caught.value.hint
    assert "keyring set taizhang gongkai@office.example" in caught.value.hint


def test_a_broken_keyring_is_like_none(drawer: Drawer) -> None:
    keyring.set_keyring(Broken())
    with pytest.raises(UserError, match="没有找到"):
        mail_password(MAIL)


def test_a_pc_without_keyring_is_like_none(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", types.ModuleType("keyring"))
    with pytest.raises(UserError, match="没有找到"):
        mail_password(MAIL)


def test_settings_without_address_are_named(drawer: Drawer) -> None:
    with pytest.raises(UserError, match="没有写 address"):
        mail_password(Mail())


def test_a_shown_variable_hides_it(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MAIL.password_env, "geheim-2026")
    password = mail_password(MAIL)
    assert "geheim" not in repr(password)
    assert "geheim" not in f"{password!r} {[password]} { ({'password': password}) }"
    assert password == "geheim-2026"
    assert password.encode() == b"geheim-2026"
