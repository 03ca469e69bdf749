"""收件: the steps that take in what came back, for every flow that collects."""

from __future__ import annotations

from pathlib import Path

from flows.console import track
from flows.engine import step
from flows.round.mailbox import Told, take_mailbox
from flows.round.merge import Merged, Merger


@step("复核待处理的文件")
def reconsider_quarantine(merger: Merger) -> list[Merged]:
    """What lay in quarantine and can be taken in now."""
    return merger.reconsider()


@step("收文件夹")
def merge_folder(merger: Merger, folder: Path, bar: str) -> list[Merged]:
    """Every file of a folder."""
    return list(merger.take_folder(folder, track(bar)))


@step("收邮箱", retries=2, delay=10)
def merge_mailbox(merger: Merger, merged: list[Merged], told: Told) -> None:
    """Every mail that this round has not finished with: answers, 退信, absence notes.

    ``merged`` and ``told`` are added to mail by mail, so that a try that breaks off loses nothing for the next one.
    """
    for each in take_mailbox(merger, told):
        merged.extend(each)


def merge_all(merger: Merger, folder: str | None, told: Told, bar: str) -> list[Merged]:
    """What waits in quarantine, then a folder or else the mailbox (folder transport: ledgers/收件箱)."""
    desk = merger.desk
    merged = reconsider_quarantine(merger)
    if folder or desk.config.mail.transport == "folder":
        merged += merge_folder(merger, Path(folder) if folder else desk.home.inbox, bar)
        told.unfetched.extend(merger.left)
    else:
        merge_mailbox(merger, merged, told)
    return merged
