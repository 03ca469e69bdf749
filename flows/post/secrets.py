"""Where the mail password (授权码) comes from: environment, then keyring. It is never written anywhere."""

from __future__ import annotations

import os

from flows.config import Mail
from flows.problems import UserError

SERVICE = "taizhang"
"""The keyring's service name; the user name is the mail login."""


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


def mail_password(mail: Mail) -> Password:
    """The 授权码 from the environment variable ``mail.password_env`` or the keyring; UserError when neither has it."""
    user = login_name(mail)
    found = os.environ.get(mail.password_env, "").strip() if mail.password_env else ""
    found = found or _from_keyring(user)
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
