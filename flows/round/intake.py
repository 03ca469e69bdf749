"""回收: files from a folder or mails become parcels, opened down to the files in them, archived as they came."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flows.files import digest, safe_name, write_file
from flows.periods import CHINA, this_moment
from flows.post import archives
from flows.post.attachments import MailFacts, attachments, mail_facts
from flows.post.bodies import CloudLink, announces_files, cloud_links, pasted_ledger
from flows.post.file_names import clean, is_noise, is_unfinished, plain_name, plain_path, short
from flows.post.nature import Nature
from flows.post.outlook import is_outlook, read_outlook
from flows.post.senders import Checks, Standing
from flows.post.tnef import wrapped_files
from flows.problems import UserError
from flows.round import kinds

BIG: Final = 50 * 2**20
"""Bytes from which on a file in a folder is not read into memory."""
_DEPTH: Final = 4
"""Archives and mails inside each other are opened this deep."""
_NAME_BYTES: Final = 150

TOO_BIG: Final = "文件超过 50 MB，没有打开，请对方只发台账，图片等佐证材料另行报送"
PROGRAM: Final = "这是一个程序（.exe），为安全起见没有打开，请对方直接发台账文件"
DAMAGED_MAIL: Final = "Outlook 邮件文件（.msg）已损坏，打不开，请对方把台账直接作为附件再发"
NO_ATTACHMENT: Final = "来信里没有附件，请打开看看，必要时请单位补发台账"


ELSEWHERE: Final = "来信提到超大附件，但信里没有可用的链接，请打开看看，下载后放进文件夹用 collect --from 再收"
PASTED: Final = "来信正文.html"
"""The name of a ledger that was pasted into the text of a mail."""
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
_PASTED_REMARK: Final = "台账贴在来信正文里，没有用附件，请留意核对"
RECALLED: Final = "对方想撤回一封邮件；已经收下的台账仍然有效，请电话问清要不要以新的为准"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the mailbox tells about a sender."""

    standing: Standing
    checks: Checks
    answers: str = ""
    """The unit whose letter of ours the mail answers: nobody else knows its Message-ID. '' for none."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One returned file, wherever it came from."""

    name: str
    """As the sender named it, without folders and signs that nobody sees."""
    shown: str
    """As the clerk finds it: the path below the folder, or mail subject and attachment; inside an archive
    “letter/archive/path inside it”."""
    data: bytes
    received: datetime
    origin: str
    """folder | mail."""
    sender: str = ""
    message_id: str = ""
    reason: str = ""
    """Why nobody may or can open it: it goes to quarantine as it is."""
    container: Parcel | None = None
    """The outermost archive or saved mail that it came in."""
    source: Path | None = None
    """Where the bytes lie when they are too many to be read; ``data`` is empty then."""
    hashed: str = ""
    """sha256 where it is known already: of what is too big to be hashed again and again."""
    remarks: tuple[str, ...] = ()
    """What the clerk should know about how it came."""
    seal: Seal | None = None
    """Who sent it, as far as the mailbox tells; None for what somebody put into a folder."""

    @property
    def is_sheet(self) -> bool:
        """Whether it has to be read as a return (or told why not), by its bytes before its name."""
        return bool(self.reason) or kinds.may_be_sheet(self.data, self.name)

    @property
    def sha256(self) -> str:
        """What makes two files the same file."""
        return self.hashed or digest(self.data)


def from_folder(folder: Path, left: list[str] | None = None) -> Iterator[list[Parcel]]:
    """What lies below a folder, in order of age: a file alone, or all that an archive or a saved mail carries.

    Office's lock files and the file manager's own are no returns and are passed over. ``left`` gets a sentence for each
    file that is being written or that another program holds: the next run asks for it again.
    """
    if not folder.is_dir():
        raise UserError(f"找不到文件夹 {folder}", "请检查路径")
    told = left if left is not None else []
    for _, path, shown in sorted(_files(folder, "", told)):
        parcel = _read(Path(path), shown, told)
        if parcel is not None:
            yield opened(parcel)


def from_mail(raw: bytes, received: datetime | None, shown: str = "", *, unit: str = "") -> Iterator[Parcel]:
    """The files that one mail brings. A mail without any is a parcel of its own: somebody has to read it.

    A ledger pasted into the text is a file too; ``unit`` is whose it is, by the sender's address, where it does not say
    so itself. Links to files elsewhere are told.
    """
    facts = mail_facts(raw)
    when = (received or facts.date or datetime.now(CHINA)).astimezone(CHINA)
    label = shown or clean(facts.subject) or "无主题邮件"
    name = f"{safe_name(label, 60).removesuffix('.eml')}.eml"
    mail = Parcel(name, label, raw, when, "mail", facts.sender, facts.message_id)
    found = [
        replace(mail, name=own, shown=f"{label}/{own}", data=each.data)
        for each in attachments(raw)
        if not is_noise(own := plain_name(each.name, "附件"))
    ]
    if facts.automatic:
        yield from _settled(found) if found else [mail]
        return
    yield from _with_text(mail, facts, _settled(found) if found else [], unit)


def _with_text(mail: Parcel, facts: MailFacts, files: list[Parcel], unit: str) -> list[Parcel]:
    """What the files and the text of a mail bring together. A mail that brings nothing is itself the parcel."""
    page = pasted_ledger(mail.data, unit, facts.sender_name)
    if page:
        # Before the files: where both answer one task, the file counts.
        shown = f"{mail.shown}/{PASTED}"
        files = [replace(mail, name=PASTED, shown=shown, data=page, remarks=(_PASTED_REMARK,)), *files]
    links = cloud_links(mail.data)
    sheets = [place for place, each in enumerate(files) if each.is_sheet and not each.reason]
    if links and sheets:
        first = sheets[-1]
        told = tuple(f"来信里还有{link.service}的链接{_named(link)}，没有下载，需要时请自行打开" for link in links[:3])
        files[first] = replace(files[first], remarks=(*files[first].remarks, *told))
    elif links:
        files = [replace(mail, reason="；".join(link.sentence for link in links[:3])), *files]
    elif not sheets and not files and facts.nature is Nature.RECALL:
        return [replace(mail, reason=RECALLED)]
    elif not sheets and not files and announces_files(mail.data):
        return [replace(mail, reason=ELSEWHERE)]
    return files or [mail]


def _named(link: CloudLink) -> str:
    return f"“{link.name}”" if link.name else ""


def opened(parcel: Parcel) -> list[Parcel]:
    """The files in an archive or a saved mail; any other parcel, and one that will not open, is itself the answer."""
    if parcel.source is not None:
        return [parcel]
    return _settled([parcel])


def archive(parcel: Parcel, folder: Path) -> Path:
    """Keep a parcel byte for byte under a name that tells its hash, and the archive that it came in beside it.

    The same bytes are kept once.
    """
    path = _kept_at(parcel, folder)
    if parcel.container is not None and not _kept_at(parcel.container, folder).is_file():
        archive(parcel.container, folder)
    if parcel.source is not None:
        if not path.is_file() or path.stat().st_size != parcel.source.stat().st_size:
            folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".~{path.name}.tmp")
            shutil.copyfile(parcel.source, draft)
            draft.replace(path)
    elif not path.is_file() or path.read_bytes() != parcel.data:
        write_file(path, parcel.data)
    return path


def _kept_at(parcel: Parcel, folder: Path) -> Path:
    return folder / f"{parcel.sha256[:12]}_{short(safe_name(parcel.name), _NAME_BYTES)}"


def _files(folder: str | Path, below: str, left: list[str]) -> Iterator[tuple[int, str, str]]:
    """(time of change, path, path as shown) of every file; links to folders are not followed."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                shown = f"{below}{entry.name}"
                try:
                    if entry.is_dir(follow_symlinks=False):
                        yield from _files(entry.path, f"{shown}/", left)
                    elif is_unfinished(entry.name):
                        left.append(f"“{shown}”还没有下载完，这次没有收，下载完再收一次")
                    elif not is_noise(shown) and entry.is_file():
                        yield entry.stat().st_mtime_ns, entry.path, shown
                except OSError:
                    left.append(_held(shown))
    except OSError:
        left.append(f"文件夹“{clean(below) or folder}”打不开，里面的文件这次没有收，请检查权限")


def _read(path: Path, shown: str, left: list[str]) -> Parcel | None:
    try:
        before = path.stat()
        received, remarks = _not_ahead(datetime.fromtimestamp(before.st_mtime, CHINA))
        parcel = Parcel(plain_name(path.name), clean(shown), b"", received, "folder", remarks=remarks)
        if before.st_size > BIG:
            with path.open("rb") as stream:
                known = hashlib.file_digest(stream, "sha256").hexdigest()
            return replace(parcel, reason=TOO_BIG, source=path, hashed=known)
        data = path.read_bytes()
        after = path.stat()
    except OSError:
        left.append(_held(shown))
        return None
    if (len(data), before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        left.append(_held(shown))
        return None
    return replace(parcel, data=data)


def _held(shown: str) -> str:
    return f"“{clean(shown)}”正被别的程序打开或还没有写完，这次没有收，关闭后再收一次"


def _settled(parcels: list[Parcel]) -> list[Parcel]:
    """All that came together, opened. An archive in which nothing can be a ledger is told of as a whole, unless a
    workbook came beside it: then its files are papers that belong to that."""
    groups = [_opened(parcel) for parcel in parcels]
    if any(each.is_sheet for group in groups for each in group):
        return [each for group in groups for each in group]
    return [each for parcel, group in zip(parcels, groups, strict=True) for each in _if_nothing(parcel, group)]


def _if_nothing(parcel: Parcel, group: list[Parcel]) -> list[Parcel]:
    if not archives.kind_of(parcel.data):
        # A mail in the mailbox that brings nothing may be anybody's; one in the folder was put there to be read.
        alone = len(group) == 1 and group[0].data is parcel.data and parcel.origin == "folder"
        is_mail = alone and group[0].origin == "mail"
        return [replace(group[0], reason=NO_ATTACHMENT)] if is_mail else group
    names = "、".join(each.name for each in group[:3]) + (f" 等 {len(group)} 个文件" if len(group) > 3 else "")
    return [replace(parcel, reason=f"压缩包里没有台账，只有{names}，请对方补发台账")]


def _opened(parcel: Parcel) -> list[Parcel]:
    """One thing that came, opened down to the files in it; refused as a whole when it is made to choke us."""
    try:
        return list(_inside(parcel, _DEPTH, archives.Budget()))
    except archives.OverLimitError as error:
        return [replace(parcel, reason=str(error))]


def _inside(parcel: Parcel, depth: int, budget: archives.Budget) -> Iterator[Parcel]:
    if archives.kind_of(parcel.data):
        if depth == 0:
            yield replace(parcel, reason=archives.TOO_DEEP)
            return
        found = archives.unpack(parcel.data, parcel.name, budget)
        if found.trouble:
            yield replace(parcel, reason=found.trouble)
        yield from _within(parcel, found.files, depth, budget)
    elif is_outlook(parcel.data):
        mail = read_outlook(parcel.data)
        if mail is None:
            yield replace(parcel, reason=DAMAGED_MAIL)
            return
        letter = _from_sender(parcel, mail.facts.sender, mail.facts.message_id, mail.facts.date)
        files = [(each.name, each.data) for each in mail.attachments]
        yield from _mail_files(letter, files, depth, budget)
    elif kinds.is_saved_mail(parcel.data, parcel.name):
        facts = mail_facts(parcel.data)
        letter = _from_sender(parcel, facts.sender, facts.message_id, facts.date)
        files = [(e.name, e.data) for e in attachments(parcel.data)]
        if not facts.automatic and (page := pasted_ledger(parcel.data, filler=facts.sender_name)):
            files = [(PASTED, page), *files]
        elif not files and (links := cloud_links(parcel.data)):
            yield replace(letter, reason="；".join(link.sentence for link in links[:3]))
            return
        yield from _mail_files(letter, files, depth, budget)
    elif depth > 0 and (wrapped := wrapped_files(parcel.data)):
        yield from _within(parcel, wrapped, depth, budget)
    elif kinds.is_program(parcel.data) and (parcel.container or parcel.origin == "folder"):
        yield replace(parcel, reason=PROGRAM)
    elif kinds.is_named_archive(parcel.name) and not kinds.may_be_sheet(parcel.data, parcel.name):
        yield replace(parcel, reason=archives.DAMAGED)
    else:
        yield parcel


def _mail_files(
    letter: Parcel, files: list[tuple[str, bytes]], depth: int, budget: archives.Budget
) -> Iterator[Parcel]:
    if not files:
        yield letter
    elif depth == 0:
        yield replace(letter, reason=archives.TOO_DEEP)
    else:
        yield from _within(letter, files, depth, budget)


def _within(outer: Parcel, files: Iterable[tuple[str, bytes]], depth: int, budget: archives.Budget) -> Iterator[Parcel]:
    container = outer.container or replace(outer, hashed=digest(outer.data))
    for path, data in files:
        shown = plain_path(path)
        if is_noise(shown):
            continue
        name = plain_name(shown)
        inner = replace(outer, name=name, hashed="", shown=f"{outer.shown}/{shown}", data=data, container=container)
        yield from _inside(inner, depth - 1, budget)


def _from_sender(parcel: Parcel, sender: str, message_id: str, sent: datetime | None) -> Parcel:
    """A saved mail knows who sent it when; the file only when it was saved. What came in a mail keeps that mail's."""
    if parcel.origin == "mail":
        return parcel
    when = sent.astimezone(CHINA) if sent else parcel.received
    when, told = _not_ahead(when)
    remarks = tuple(dict.fromkeys((*parcel.remarks, *told)))
    return replace(parcel, origin="mail", sender=sender, message_id=message_id, received=when, remarks=remarks)


def _not_ahead(moment: datetime) -> tuple[datetime, tuple[str, ...]]:
    """A moment that somebody's computer wrote; one that is still to come would go before every later correction."""
    now = this_moment()
    if moment <= now + _CLOCKS_DIFFER:
        return moment, ()
    return now, (f"文件上的时间 {moment:%Y-%m-%d %H:%M} 还没有到，按现在收到算",)
