"""A PDF beside a Word document, when LibreOffice is there.

A PDF of ours ends with the sha256 of the document that it was made from: it is known to be of this document or stale,
whatever the times of the files say.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.documents.official import FALLBACKS, SONGTI
from flows.files import digest, write_file
from flows.problems import UserError
from flows.soffice import converted_all, find_soffice

_MARK = b"%taizhang sha256 "
"""A comment behind the end of a PDF: programs pass it over."""
_AT_ONCE = 100
"""Documents of one run of LibreOffice: a command line of Windows is short."""
_TRIES = 4
"""Runs for one set: each that breaks down leaves out the document where it did."""
_SECONDS, _SECONDS_EACH, _BYTES_A_SECOND = 120, 5, 20_000


@dataclass(frozen=True, slots=True)
class Printed:
    """What became of a set of documents."""

    pdfs: dict[Path, Path]
    """Document → its PDF, of now or of a run before."""
    failed: tuple[Path, ...] = ()
    """Documents without one although LibreOffice is there, or whose PDF of before could not be taken away."""


def to_pdf(docx: Path) -> Path | None:
    """Convert to a PDF of the same name in the same folder; None when LibreOffice is absent or fails."""
    return print_all([docx]).pdfs.get(docx)


def print_all(documents: Iterable[Path], *, wanted: bool = True) -> Printed:
    """A PDF beside each document; one that is there and was made from this very document is kept.

    Afterwards no PDF of another state lies beside a document, also where the conversion failed or none is ``wanted``.
    """
    pdfs: dict[Path, Path] = {}
    waiting: list[Path] = []
    for docx in dict.fromkeys(documents):
        if _is_of(docx, docx.read_bytes()):
            pdfs[docx] = docx.with_suffix(".pdf")
        else:
            waiting.append(docx)
    failed = [docx for docx in waiting if not _taken_away(docx)]
    waiting = [docx for docx in waiting if docx not in failed]
    program = find_soffice() if wanted else None
    if program is None:
        return Printed(pdfs, tuple(failed))
    for start in range(0, len(waiting), _AT_ONCE):
        pdfs |= _converted(program, waiting[start : start + _AT_ONCE])
    return Printed(pdfs, (*failed, *(docx for docx in waiting if docx not in pdfs)))


def take_away_pdf(docx: Path) -> None:
    """Before a document changes: its PDF goes; one of the office's own is put aside. UserError when it is open."""
    pdf = docx.with_suffix(".pdf")
    try:
        if not pdf.is_file():
            return
        if _MARK in pdf.read_bytes()[-200:]:
            pdf.unlink()
        else:
            pdf.rename(_aside(pdf))
    except OSError:
        raise UserError(f"“{pdf.name}”正在被打开，或所在文件夹不允许写入", "请关闭后再运行") from None


def _taken_away(docx: Path) -> bool:
    try:
        take_away_pdf(docx)
    except UserError:
        return False
    return True


def _aside(pdf: Path) -> Path:
    """通报_原1.pdf."""
    number = 1
    while (found := pdf.with_stem(f"{pdf.stem}_原{number}")).exists():
        number += 1
    return found


def _is_of(docx: Path, data: bytes) -> bool:
    pdf = docx.with_suffix(".pdf")
    return pdf.is_file() and pdf.read_bytes().endswith(_mark(data))


def _mark(data: bytes) -> bytes:
    return _MARK + digest(data).encode("ascii") + b"\n"


def _converted(program: Path, documents: Sequence[Path]) -> dict[Path, Path]:
    """One run of LibreOffice, and another one without the document over which it broke down, if it did."""
    marks = {docx: _mark(docx.read_bytes()) for docx in documents}
    size = sum(docx.stat().st_size for docx in documents)
    seconds = _SECONDS + _SECONDS_EACH * len(documents) + size // _BYTES_A_SECOND
    pdfs: dict[Path, Path] = {}
    left = list(documents)
    for _ in range(_TRIES):
        try:
            with converted_all(program, left, "pdf", ending="docx", seconds=seconds, faces=stand_ins()) as made:
                for docx, pdf in made.items():
                    target = docx.with_suffix(".pdf")
                    write_file(target, pdf.read_bytes().rstrip() + b"\n" + marks[docx])
                    pdfs[docx] = target
        except subprocess.CalledProcessError:
            pass
        except (OSError, subprocess.SubprocessError, UserError):
            break
        left = [docx for docx in left if docx not in pdfs][1:]
        if not left:
            break
    return pdfs


def stand_ins() -> dict[str, str]:
    """Face → the first of its stand-ins that is installed, for those that are not; {} where that cannot be asked.

    LibreOffice by itself takes any face: 仿宋 comes out as a sans serif, Japanese in its forms.
    """
    program = shutil.which("fc-list")
    if program is None:
        return {}
    try:
        run = subprocess.run([program, ":", "family"], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return {}
    families = run.stdout.decode("utf-8", "replace")
    installed = {name.strip() for name in families.replace("\n", ",").split(",")}
    found = {}
    for face, others in FALLBACKS.items():
        chain = (*others.split(","), *FALLBACKS[SONGTI].split(","))
        other = next((name for name in chain if name in installed), None)
        if face not in installed and other:
            found[face] = other
    return found
