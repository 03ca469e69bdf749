"""What kind of mail it is: a person's letter, a bounce, an absence note, a receipt, a wish to take a mail back.

No program announces itself reliably, least of all the providers in China: structure counts first, then headers, then
who writes, and the words of subject and text only where one of those has raised the question.
"""

from __future__ import annotations

import re
from email.message import Message
from enum import StrEnum
from typing import Final

from flows.post.headers import address, decode_header, parameter, raw_header
from flows.post.parts import children, disposition, file_name, is_mail, read_text


class Nature(StrEnum):
    """Who made a mail and why."""

    LETTER = "letter"
    BOUNCE = "bounce"
    """A server says that a letter did not arrive, or not yet."""
    ABSENCE = "absence"
    """Out of office and other answers that a program gives. What is attached to one still counts."""
    RECEIPT = "receipt"
    """已读回执, delivery reports, answers to invitations."""
    RECALL = "recall"
    """Somebody wants to take a mail back."""

    @property
    def automatic(self) -> bool:
        """Whether no person wrote it."""
        return self in (Nature.BOUNCE, Nature.ABSENCE, Nature.RECEIPT)


_DAEMONS: Final = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon", "maildaemon"})
_SYSTEMS: Final = frozenset({"postmaster", "mailmaster", "mailadmin", "mail-admin", "system", "sysmail", "no-reply"})
_SYSTEMS_START: Final = ("microsoftexchange", "bounce", "noreply")
_BOUNCED_SUBJECT = re.compile(
    r"退信|退回的?邮件|邮件被退回|投递失败|发送失败|未送达|未能送达|无法(?:送达|投递|传递)|未传递|传递失败|投递状态通知|投递延迟"
    r"|undeliver|delivery (?:status|fail|report|delay|has failed)|mail delivery|returned mail|failure notice"
    r"|delayed mail|could not be delivered|non.?delivery|bounce",
    re.IGNORECASE,
)
_BOUNCED_TEXT = re.compile(
    r"退信|(?:无法|未能|不能|没有)(?:送达|投递|传递|发送)|投递失败|发送失败|被退回|拒收了?您"
    r"|(?:could not|couldn't|cannot|was not|wasn't|unable to) (?:be )?deliver|undeliver|delivery.{0,40}fail"
    r"|permanent (?:fatal )?error|user (?:unknown|not found)",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"^\s*\[?\s*(?:自动(?:回复|答复|应答)|外出(?:自动)?(?:回复|答复)|休假(?:自动)?(?:回复|答复)|不在办公室"
    r"|out of (?:the )?office|auto(?:matic|mated|mail)?[ -]?(?:reply|response|responder)|auto\s*[:：])",
    re.IGNORECASE,
)
_READ = re.compile(
    r"^\s*(?:已读(?:回执)?|邮件已读|已阅读|阅读回执|未读(?:回执)?|送达回执|已送达|read(?: receipt)?|not read|delivered)"
    r"\s*[:：]"
    r"|^\s*(?:已读回执|阅读回执|read receipt)\s*$|^您的邮件.{0,60}(?:已被|已)阅读",
    re.IGNORECASE,
)
_RECALLED = re.compile(
    r"^\s*(?:撤回|邮件撤回|撤销邮件|请求撤回|recall)\s*(?:邮件)?\s*[:：]|希望撤回(?:邮件)?[“\"]", re.IGNORECASE
)
_LOOK: Final = 4_000


def nature_of(mail: Message) -> Nature:
    """Judge a mail by its own top: what was forwarded inside it says nothing about it."""
    report = parameter(mail, "Content-Type", "report-type").lower() if mail.get_content_type() else ""
    kinds = {part.get_content_type() for part in _upper(mail)}
    if "message/disposition-notification" in kinds or report == "disposition-notification":
        return Nature.RECEIPT
    statuses = [part for part in _upper(mail) if part.get_content_type().startswith("message/delivery-status")]
    statuses += [part for part in _upper(mail) if part.get_content_type() == "message/global-delivery-status"]
    if statuses:
        return Nature.RECEIPT if _only_delivered(statuses) else Nature.BOUNCE
    if mail.get_content_type() == "multipart/report" or raw_header(mail, "X-Failed-Recipients"):
        return Nature.BOUNCE
    return _by_words(mail, kinds)


def _by_words(mail: Message, kinds: set[str]) -> Nature:
    subject = decode_header(mail, "Subject")
    local = address(raw_header(mail, "From") or raw_header(mail, "Sender"))[0].partition("@")[0]
    nobody = raw_header(mail, "Return-Path").strip() == "<>"
    system = local in _SYSTEMS or local.startswith(_SYSTEMS_START)
    submitted = raw_header(mail, "Auto-Submitted").strip().lower()
    replied = submitted.startswith("auto-replied")
    if local in _DAEMONS:
        return Nature.BOUNCE
    if (system or nobody or replied) and not (_ABSENT.search(subject) or has_files(mail)):
        if _BOUNCED_SUBJECT.search(subject) or _BOUNCED_TEXT.search(read_text(mail)[:_LOOK]):
            return Nature.BOUNCE
    elif system and _BOUNCED_SUBJECT.search(subject):
        return Nature.BOUNCE
    if _RECALLED.search(subject) and not has_files(mail):
        return Nature.RECALL
    if "text/calendar" in kinds and _is_reply_to_invitation(mail):
        return Nature.RECEIPT
    if _READ.search(subject) and not has_files(mail):
        return Nature.RECEIPT
    if replied or nobody or local == "postmaster" or _ABSENT.search(subject) or _says_auto_reply(mail):
        return Nature.ABSENCE
    return Nature.LETTER


def has_files(mail: Message) -> bool:
    """Whether a file is attached to the mail itself, not to one forwarded inside it."""
    for part in _upper(mail):
        main = part.get_content_maintype()
        if part.is_multipart() or is_mail(part) or (main == "text" and not file_name(part)):
            continue
        if disposition(part) == "attachment" or (file_name(part) and main != "image"):
            return True
    return False


def _upper(mail: Message) -> list[Message]:
    """All parts of a mail but those inside mails inside it."""
    found = [mail]
    if not is_mail(mail):
        for child in children(mail):
            if mail.is_multipart() and not mail.get_content_type().startswith("message/"):
                found += _upper(child)
    return found


def _only_delivered(statuses: list[Message]) -> bool:
    actions = [
        raw_header(block, "Action").strip().lower()
        for status in statuses
        for block in children(status)
        if raw_header(block, "Action")
    ]
    return bool(actions) and all(action in {"delivered", "relayed", "expanded"} for action in actions)


def _is_reply_to_invitation(mail: Message) -> bool:
    return any(
        part.get_content_type() == "text/calendar" and parameter(part, "Content-Type", "method").upper() == "REPLY"
        for part in _upper(mail)
    )


def _says_auto_reply(mail: Message) -> bool:
    return (
        any(raw_header(mail, name) for name in ("X-Autoreply", "X-Autorespond", "X-AutoReply-From"))
        or raw_header(mail, "Precedence").strip().lower() == "auto_reply"
        or raw_header(mail, "X-Precedence").strip().lower() == "auto_reply"
    )
