"""Why a connection to a mail server did not come about, as one Chinese sentence with what to do next."""

from __future__ import annotations

import imaplib
import poplib
import re
import smtplib
import socket
import ssl

from flows.post.replies import LOGIN_CURE, advice, server_text
from flows.problems import PassingError, UserError


def smtp_failure(error: Exception, host: str, port: int) -> UserError:
    """Why no SMTP connection or login came about."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        known = advice(error.smtp_code, error.smtp_error)
        words = _words(error.smtp_code, error.smtp_error)
        if known.later:
            return PassingError(f"发信服务器 {host} 不让登录：{known.message}{words}", known.cure)
        told = _service_failure(server_text(error.smtp_error), "SMTP", f"发信服务器 {host}", words)
        return told or UserError(f"发信服务器 {host} 不让登录：账号或授权码不对{words}", LOGIN_CURE)
    if isinstance(error, smtplib.SMTPResponseException):
        known = advice(error.smtp_code, error.smtp_error)
        kind = PassingError if known.later else UserError
        return kind(
            f"发信服务器 {host} 拒绝连接：{known.message}{_words(error.smtp_code, error.smtp_error)}", known.cure
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if "STARTTLS" in str(error).upper():
            return UserError(
                f"发信服务器 {host} 不支持 starttls", "请把 [mail] 的 smtp_security 改为 ssl，端口改为 465"
            )
        return UserError(f"发信服务器 {host} 在这个端口不提供登录", "请核对 [mail] 的 smtp_port 和 smtp_security")
    if isinstance(error, smtplib.SMTPException):
        if isinstance(error.__context__, TimeoutError):
            return _network_failure(error.__context__, "发信服务器", host, port, "smtp")
        return UserError(f"发信服务器 {host} 接通后又断开", "请核对端口和加密方式：ssl 一般用 465，starttls 一般用 587")
    return _network_failure(error, "发信服务器", host, port, "smtp")


def imap_failure(error: Exception, host: str, port: int, folder: str = "") -> UserError:
    """Why no IMAP connection, login or folder came about."""
    answer = _imap_words(error)
    shown = f"（服务器答复：{answer}）" if answer else ""
    if re.search(r"unsafe login|kefu@", answer, re.IGNORECASE):
        return UserError(
            f"收信服务器 {host} 认为登录不安全{shown}", "请在邮箱网页版确认已开启 IMAP 服务，并重新生成授权码"
        )
    kind = type(error).__name__
    if kind == "MailboxLoginError" and (known := _service_failure(answer, "IMAP", f"收信服务器 {host}", shown)):
        return known
    if kind == "MailboxLoginError" or "AUTHENTICATIONFAILED" in answer:
        return UserError(f"收信服务器 {host} 不让登录{shown}", LOGIN_CURE)
    if kind == "MailboxFolderSelectError":
        return UserError(f"邮箱里没有可以打开的文件夹“{folder}”{shown}", "请核对 config.toml 中 [mail] 的 imap_folder")
    if isinstance(error, imaplib.IMAP4.abort):
        return PassingError(
            f"收信服务器 {host} 接通后又断开{shown}", "请核对端口和加密方式（ssl 一般用 993），稍后再试"
        )
    if isinstance(error, imaplib.IMAP4.error) or kind.startswith("Mailbox"):
        return UserError(f"收信服务器 {host} 没有照办{shown}", "请稍后再试；仍不行时把这句话告诉邮箱管理员")
    return _network_failure(error, "收信服务器", host, port, "imap")


def pop3_failure(error: Exception, host: str, port: int) -> UserError:
    """Why no POP3 connection or login came about, or a mail was not handed over."""
    if not isinstance(error, poplib.error_proto):
        return _network_failure(error, "收信服务器", host, port, "pop3")
    first = error.args[0] if error.args else b""
    answer = re.sub(r"^-ERR\s*", "", server_text(first) if isinstance(first, bytes | str) else "")
    shown = f"（服务器答复：{answer}）" if answer else ""
    if re.search(r"in.?use|locked|already|占用|锁定", answer, re.IGNORECASE):
        return PassingError(f"邮箱正被别的程序用 POP3 打开{shown}", "请关闭别的收信程序，过几分钟再试")
    if known := _service_failure(answer, "POP3", f"收信服务器 {host}", shown):
        return known
    if re.search(r"auth|login|log on|password|user|pass|授权码|密码|登录|unsafe|permission", answer, re.IGNORECASE):
        return UserError(f"收信服务器 {host} 不让登录{shown}", f"请在邮箱网页版确认已开启 POP3 服务；{LOGIN_CURE}")
    if not answer or re.search(r"eof|line too long", answer, re.IGNORECASE):
        return PassingError(
            f"收信服务器 {host} 接通后又断开{shown}", "请核对端口和加密方式（ssl 一般用 995），稍后再试"
        )
    return UserError(f"收信服务器 {host} 没有照办{shown}", "请稍后再试；仍不行时把这句话告诉邮箱管理员")


# How servers in China put it that a service is switched off, a limit reached, or a password is not what they want.
_SERVICES: tuple[tuple[str, str, str, bool], ...] = (
    (
        r"(service|imap|smtp|pop3?)\b.{0,20}(not|un).{0,6}(open|enable|avail)|(service|imap|smtp|pop3?)\b.{0,12}disabled"
        r"|has no permission|(未|没有)(开启|开通|打开)|user is not allowed|ERR\.LOGIN\.(USERDISABLED|PROTOCOL)",
        "{service} 服务没有开启",
        "请在邮箱网页版的设置里开启 {service} 服务，再生成授权码",
        False,
    ),
    (
        r"too many|frequen|ERR\.LOGIN\.REQ(LIMIT|BUSY)|login limit|频繁|次数过多|system (is )?busy|系统繁忙|try later",
        "登录过于频繁，服务器暂时不让登录",
        "请过半小时再试，不要连着试",
        True,
    ),
    (
        r"授权码|authori[sz]ation code|auth(entication)? code|app(lication)?[- ]specific|客户端专用密码",
        "服务器要授权码，不认登录密码",
        LOGIN_CURE,
        False,
    ),
    (r"lock(ed)?\b|frozen|冻结|锁定|abnormal|异常", "邮箱账号被锁定或冻结", "请先在邮箱网页版登录，按提示解除", False),
    (r"expire|过期|失效", "授权码或密码已过期", LOGIN_CURE, False),
)


def _service_failure(answer: str, service: str, server: str, shown: str) -> UserError | None:
    """What a login was refused for, where the server's words tell more than that it was."""
    for wording, message, cure, passing in _SERVICES:
        if re.search(wording, answer, re.IGNORECASE):
            kind = PassingError if passing else UserError
            said = message.format(service=service)
            return kind(f"{server} 不让登录：{said}{shown}", cure.format(service=service))
    return None


def _network_failure(error: Exception, what: str, host: str, port: int, key: str) -> UserError:
    if isinstance(error, socket.gaierror):
        return UserError(f"找不到{what} {host}", f"请核对 config.toml 中 [mail] 的 {key}_host，并检查能否上网")
    if isinstance(error, ssl.SSLCertVerificationError):
        return UserError(
            f"{what} {host} 的安全证书没有通过验证",
            "请核对服务器地址；单位自建邮箱请把根证书文件的路径写入环境变量 SSL_CERT_FILE",
        )
    if isinstance(error, ssl.SSLError):
        return UserError(
            f"与{what} {host} 的加密连接没有建立", f"请核对 [mail] 的 {key}_security 与 {key}_port 是否相配"
        )
    if isinstance(error, TimeoutError):
        return PassingError(f"{what} {host} 没有应答", f"请检查网络和防火墙是否放行 {port} 端口，稍后再试")
    if isinstance(error, ConnectionRefusedError):
        return UserError(f"{what} {host} 的 {port} 端口拒绝连接", f"请核对 config.toml 中 [mail] 的 {key}_port")
    if isinstance(error, UnicodeError):
        return UserError(
            f"{what}的地址、账号或授权码里有全角字符或汉字",
            f"请核对 [mail] 的 {key}_host、address 和授权码，改用半角字符",
        )
    if isinstance(error, ValueError):
        return UserError(
            f"{what} {host} 的 {port} 端口与加密方式不配", f"请核对 [mail] 的 {key}_security 与 {key}_port"
        )
    return PassingError(f"与{what} {host} 的连接断开", "请检查网络，稍后再试")


def _words(code: int, answer: bytes | str) -> str:
    text = server_text(answer)
    return f"（{code} {text}）" if text else f"（{code}）"


def _imap_words(error: Exception) -> str:
    result = getattr(error, "command_result", None)
    if isinstance(result, tuple) and len(result) > 1 and result[1]:
        first = result[1][0]
        return server_text(first) if isinstance(first, bytes | str) else ""
    if isinstance(error, imaplib.IMAP4.error) and error.args:
        first = error.args[0]
        return server_text(first) if isinstance(first, bytes | str) else ""
    return ""
