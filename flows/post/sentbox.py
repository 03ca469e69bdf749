"""Our own letters in the mailbox: a copy in 已发送 proves that a letter left, also when the answer was lost."""

from __future__ import annotations

from flows.config import Mail
from flows.post.boxes import holds, mailbox, sent_folder


def find_copies(mail: Mail, password: str, message_ids: list[str]) -> dict[str, str]:
    """Message-ID → name of the folder with our copy, for those that have one. UserError when nobody can look."""
    with mailbox(mail, password) as box:
        folder = sent_folder(box)
        if folder is None:
            return {}
        box.folder.set(folder, readonly=True)
        return {each: folder for each in message_ids if holds(box, each)}
