"""What the mail settings must fulfil before a connection is tried, and what every connection has in common."""

from __future__ import annotations

import ipaddress
import ssl
from typing import Literal

from flows.config import Mail
from flows.problems import UserError

TIMEOUT = 60.0
"""Seconds without any answer after which a connection counts as lost."""


def check_settings(mail: Mail, way: Literal["smtp", "imap"]) -> None:
    """UserError when host or address is missing, or an unencrypted connection would leave this machine."""
    host = mail.smtp_host if way == "smtp" else mail.imap_host
    security = mail.smtp_security if way == "smtp" else mail.imap_security
    if not host:
        raise UserError(f"config.toml 的 [mail] 没有写 {way}_host", "请填上邮箱服务商提供的服务器地址")
    if way == "smtp" and "@" not in mail.address:
        raise UserError("config.toml 的 [mail] 没有写 address", "请填上发信用的邮箱地址")
    if security == "none" and not is_loopback(host):
        raise UserError(f"{way}_security 为 none 时密码会明文传送，不能用于 {host}", "请改为 ssl 或 starttls")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this very machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def tls_context() -> ssl.SSLContext:
    """Certificates are checked, always. SSL_CERT_FILE may name an office's own root certificate."""
    return ssl.create_default_context()
