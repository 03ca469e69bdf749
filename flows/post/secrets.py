"""Where the mail password (授权码) comes from: environment, keyring, then a secret that a workflow server keeps.

It is never written anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from flows.config import Mail
from flows.problems import UserError

SERVICE = "taizhang"
"""The keyring's service name; the user name is the mail login."""

_more: list[Callable[[str], str]] = []


class Password(str):
    """The password itself, except that repr hides it: tracebacks and logs that show variables stay clean."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def login_name(mail: Mail) -> str:
    """The name to log in with: ``user``, else ``address``; UserError when config.toml gives neither."""
    name = mail.user or mail.address
    if not name:
        raise UserError("config.toml 的 [mail] 没有写 address", "请填上发信用的邮箱地址")
    return name


def ask_last(source: Callable[[str], str]) -> None:
    """Name who looks up ``[mail] password_secret`` (this package knows no workflow engine); '' means not found."""
    _more[:] = [source]


def mail_password(mail: Mail) -> Password:
    """The 授权码: environment variable ``mail.password_env``, keyring, secret ``mail.password_secret``, in this order.

    UserError when none has it.
    """
    user = login_name(mail)
    found = os.environ.get(mail.password_env, "").strip() if mail.password_env else ""
    found = found or _from_keyring(user)
    if not found and mail.password_secret and _more:
        found = _more[0](mail.password_secret).strip()
        if not found:
            raise UserError(
                f"没有找到邮箱 {user} 的授权码：环境变量、钥匙串里都没有，也没有名为 {mail.password_secret} 的 Secret",
                "请核对 [mail] 的 password_secret，或把授权码设为环境变量 " + mail.password_env,
            )
    if not found:
        raise UserError(
            f"没有找到邮箱 {user} 的授权码",
            f"请把授权码设为环境变量 {mail.password_env}，或运行 keyring set {SERVICE} {user} 存入系统钥匙串",
        )
    return Password(found)


def _from_keyring(user: str) -> str:
    try:
        import keyring

        return (keyring.get_password(SERVICE, user) or "").strip()
    except Exception:  # backends raise what they like, and a PC without a keyring is not an error
        return ""


def demanded(password: str | None, mail: Mail) -> str:
    """The password, or UserError with what to do where there is none."""
    if not password:
        raise UserError(f"没有邮箱 {login_name(mail)} 的授权码", f"请设置环境变量 {mail.password_env} 后再运行")
    return password
