"""回收: files from a folder or mails become parcels, archived as they came before anybody reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.files import digest, safe_name, write_file
from flows.periods import CHINA
from flows.post.attachments import attachments, mail_facts
from flows.problems import UserError

_SHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et", ".csv", ".html", ".htm", ".zip", ".rar", ".7z", ".docx")
_NOISE = ("~$", ".~", "._")
_NOISE_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One returned file, wherever it came from."""

    name: str
    """As the sender named it."""
    shown: str
    """As the clerk finds it: the path below the folder, or mail subject and attachment."""
    data: bytes
    received: datetime
    origin: str
    """folder | mail."""
    sender: str = ""
    message_id: str = ""

    @property
    def is_sheet(self) -> bool:
        """Whether it can be a workbook, by its name."""
        return self.name.lower().endswith(_SHEETS)

    @property
    def sha256(self) -> str:
        """What makes two files the same file."""
        return digest(self.data)


def from_folder(folder: Path) -> Iterator[list[Parcel]]:
    """What lies below a folder, in order of age: a file alone, or all that a saved mail (.eml) carries.

    Office's lock files and the file manager's own are no returns and are passed over.
    """
    if not folder.is_dir():
        raise UserError(f"找不到文件夹 {folder}", "请检查路径")
    found = [path for path in folder.rglob("*") if path.is_file() and not _is_noise(path)]
    for path in sorted(found, key=lambda path: (path.stat().st_mtime, path.name)):
        received = datetime.fromtimestamp(path.stat().st_mtime, CHINA)
        shown = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        if path.suffix.lower() == ".eml":
            # A saved mail knows when it was sent; the file only when it was saved.
            yield list(from_mail(data, mail_facts(data).date or received, shown))
        else:
            yield [Parcel(path.name, shown, data, received, "folder")]


def from_mail(raw: bytes, received: datetime | None, shown: str = "") -> Iterator[Parcel]:
    """The attachments of one mail. A mail without any is a parcel of its own: somebody has to read it."""
    facts = mail_facts(raw)
    when = (received or facts.date or datetime.now(CHINA)).astimezone(CHINA)
    label = shown or facts.subject or "无主题邮件"
    found = attachments(raw)
    for each in found:
        yield Parcel(each.name, f"{label}/{each.name}", each.data, when, "mail", facts.sender, facts.message_id)
    if not found:
        name = f"{safe_name(label, 60).removesuffix('.eml')}.eml"
        yield Parcel(name, label, raw, when, "mail", facts.sender, facts.message_id)


def archive(parcel: Parcel, folder: Path) -> Path:
    """Keep a parcel byte for byte under a name that tells its hash; the same bytes are kept once."""
    path = folder / f"{parcel.sha256[:12]}_{safe_name(parcel.name)}"
    if not path.is_file() or path.read_bytes() != parcel.data:
        write_file(path, parcel.data)
    return path


def _is_noise(path: Path) -> bool:
    return path.name.startswith(_NOISE) or path.name.lower() in _NOISE_NAMES
