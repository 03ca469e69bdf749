"""What SMTP reply codes and a provider's own wordings mean, in Chinese, and whether trying again later can help.

The wordings' meanings are facts from public code lists of NetEase and Tencent mail; the plain codes are RFC 5321's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flows.post.headers import decode_bytes


@dataclass(frozen=True, slots=True)
class Advice:
    """What a reply means."""

    message: str
    cure: str
    later: bool
    """Trying again later can help."""
    reconnect: bool = False
    """The server has had enough of this one connection."""
    wait: float = 1
    """How long to wait before the next try, in units of [mail] retry_minutes; 0: at once, on a new connection."""
    everyone: bool = False
    """It is about this sender, not this letter: the next letters would hear the same."""

    @property
    def sentence(self) -> str:
        """Both in one sentence, without full stop."""
        return f"{self.message}，{self.cure}"


LOGIN_CURE = "请到邮箱网页版开启 SMTP/IMAP 服务并生成授权码，用授权码代替登录密码"
_LATER = "请过一段时间再运行，没有发出的会接着发"
_ROSTER = "请核对名录中该单位的邮箱"
_ADDRESS = "请核对名录中的邮箱和 [mail] 的 address"

# Providers in China answer one code for many things, so their wordings are looked at first.
# The last column: True when it passes even though the code says never; None: the code decides.
_WORDINGS: tuple[tuple[str, str, str, bool | None], ...] = (
    (r"too much fail|too many.*(auth|login)", "登录失败次数过多，被服务器暂时禁止", "请核对授权码，过半小时再试", True),
    (r"\bHL:REP\b", "服务器认为退信过多", "请先核对名录中的邮箱，过几小时再发", True),
    (r"\bHL:(ICC|IFC)\b|connection frequency", "连接服务器过于频繁", _LATER, True),
    (
        r"\b(MI|RP):(DMC|DRC|CCL|CEL)\b|(message|mail|recipient|letter)s?\b.{0,20}\b(per|in|on|this|each|one) "
        r"(this )?(connection|session)",
        "本次连接发信过多",
        _LATER,
        True,
    ),
    (r"\bMI:SFQ\b|frequen|too many|rate limit|sending quota", "发信过快或过多", _LATER, True),
    (r"gr[ea]ylist", "对方服务器要求稍后重投", _LATER, None),
    (
        r"mailbox.*full|quota exceed|over ?quota|insufficient.*storage",
        "对方邮箱已满",
        "请电话通知对方清理邮箱",
        None,
    ),
    (r"message (is )?too (big|large|long)|size (limit|exceed)|exceed.*size", "邮件过大", "请压缩附件后再发", None),
    (
        r"must be (the )?same|sender.*mismatch|DT:SUM|not authorized to send|sender address rejected"
        r"|mail from.*(invalid|denied)",
        "发件地址与登录账号不一致",
        "请把 config.toml 中 [mail] 的 address 改成登录的邮箱",
        None,
    ),
    (
        r"DT:SPM|spam|junk|content.*(denied|reject)|policy",
        "邮件被当作垃圾邮件拒收",
        "请调整信件文字后再发，或请对方把本邮箱加入白名单",
        None,
    ),
    (r"\bRBL\b|black ?list|\bWM:BL", "发信网络地址在黑名单中", "请联系邮箱服务商解除", None),
    (r"illegal attachment|virus", "附件被服务器拦下", "请换一种格式或与邮箱服务商联系", None),
    (
        r"(user|mailbox|recipient|account|address).*(not ?found|unknown|not ?exist|unavailable|invalid|suspend"
        r"|disabled|reject|refused)|(no such|unknown|invalid) (user|mailbox|recipient)",
        "收件邮箱不存在或已停用",
        _ROSTER,
        None,
    ),
)
_CODES: dict[int, tuple[str, str]] = {
    421: ("服务器暂时不接受连接", _LATER),
    450: ("对方邮箱暂时不可用", _LATER),
    451: ("服务器暂时不能处理", _LATER),
    452: ("服务器空间不足或一次收件人过多", _LATER),
    454: ("服务器暂时不能登录", _LATER),
    501: ("服务器不认这个邮箱地址的写法", _ADDRESS),
    503: ("服务器要求先登录", "请核对授权码"),
    530: ("服务器要求先登录或先加密", "请核对授权码，并检查 [mail] 的 smtp_security"),
    535: ("账号或授权码不对", LOGIN_CURE),
    550: ("收件邮箱不存在或拒收", _ROSTER),
    551: ("收件邮箱不在该服务器", _ROSTER),
    552: ("邮件过大或对方邮箱已满", "请压缩附件或电话通知对方清理邮箱"),
    553: ("服务器不认发件或收件地址", _ADDRESS),
    554: ("邮件被服务器拒收", "请调整信件文字后再发，或与邮箱服务商联系"),
}


def server_text(answer: bytes | str) -> str:
    """A server's own words on one line; Tencent's servers write GBK."""
    text = decode_bytes(answer) if isinstance(answer, bytes) else answer
    return re.sub(r"\s+", " ", text).strip()


# How long a limit lasts, where the wording says so: letters are counted by connection, by 15 minutes or by day.
_WAITS: tuple[tuple[str, float], ...] = (
    (r"\bMI:SFQ\b|frequen|rate limit|too many", 3),
    (r"\bHL:(ICC|IFC)\b", 3),
    (r"\bHL:REP\b|quota", 12),
)


def advice(code: int, answer: bytes | str) -> Advice:
    """What an SMTP reply means. Unknown 4xx codes mean later, unknown 5xx codes mean no."""
    found = _advice(code, answer)
    text = server_text(answer)
    if "本次连接" in found.message:
        return replace(found, wait=0, everyone=True)
    for wording, wait in _WAITS:
        if found.later and re.search(wording, text, re.IGNORECASE):
            return replace(found, wait=wait, everyone=True)
    # A plain 421 ends the connection; the letter may well leave by a new one.
    return replace(found, wait=0, everyone=True) if found.reconnect else found


def _advice(code: int, answer: bytes | str) -> Advice:
    later = 400 <= code < 500
    text = server_text(answer)
    if code not in (530, 534, 535) or re.search(_WORDINGS[0][0], text, re.IGNORECASE):
        for wording, message, cure, passing in _WORDINGS:
            if re.search(wording, text, re.IGNORECASE):
                reconnect = code == 421 or "本次连接" in message
                return Advice(message, cure, later if passing is None else passing, reconnect)
    message, cure = _CODES.get(code, ("", ""))
    if not message:
        message = "服务器暂时不接收" if later else "邮件被服务器拒绝"
        cure = _LATER if later else "请把服务器的答复告诉邮箱管理员"
    return Advice(message, cure, later, reconnect=code == 421)
