"""Which form a file has, told by its content: names and endings of returned files say little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import python_calamine

from flows.ledger.forms import compound, ods, text, web, word, xls, xlsb, xlsx, xml_sheet
from flows.ledger.forms.grid import Book
from flows.ledger.safety import (
    DAMAGED,
    EMPTY,
    ENCRYPTED,
    FILE_LIMIT,
    MACROS,
    NOT_A_WORKBOOK,
    TOO_BIG,
    Package,
    RefusedError,
)

_NO_TEXT = (b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf", b"MZ")


@contextmanager
def guarded() -> Iterator[None]:
    """Whatever goes wrong inside becomes RefusedError: bytes from anybody go through many parsers here."""
    try:
        yield
    except RefusedError:
        raise
    except python_calamine.PasswordError:
        raise RefusedError(ENCRYPTED) from None
    except Exception as error:
        raise RefusedError(DAMAGED) from error
    except BaseException as error:
        # calamine reports a broken file now and then as a Rust panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedError(DAMAGED) from None


def read_book(data: bytes) -> Book:
    """The whole file, all grids in memory. Raises RefusedError with the reason, and nothing else."""
    with guarded():
        book = open_book(data)
        return replace(book, grids=tuple(book.grids))


def open_book(data: bytes) -> Book:
    """The file as a book of grids, read one by one as they are asked for.

    Raises RefusedError with the reason for the clerk; iterating over the grids may raise what parsers raise, so that
    both belong into :func:`guarded`.
    """
    if not data:
        raise RefusedError(EMPTY)
    if len(data) > FILE_LIMIT:
        raise RefusedError(TOO_BIG)
    if data.startswith(b"PK"):
        return _open_package(data)
    if data.startswith(compound.MAGIC):
        return xls.read(data)
    if data.startswith(_NO_TEXT):
        raise RefusedError(NOT_A_WORKBOOK)
    head = data[:4096]
    if web.is_single_file(head):
        return web.read_single_file(data)
    if xml_sheet.SPACE.encode() in head.replace(b"\x00", b"") and not web.is_page(head):
        return xml_sheet.read(data)
    if web.is_page(head):
        return web.read_page(data)
    return text.read(data)


def _open_package(data: bytes) -> Book:
    package = Package(data)
    names = frozenset(package.names)
    kinds = ("xl/workbook.xml", "xl/workbook.bin", "content.xml", "word/document.xml", "meta-inf/manifest.xml")
    if not names.intersection(kinds) and not any(name.startswith("xl/") for name in names):
        raise RefusedError(NOT_A_WORKBOOK)  # a plain archive: not even unpacked
    if any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedError(MACROS)
    package.load()
    if b"encryption-data" in package.part("meta-inf/manifest.xml"):
        raise RefusedError(ENCRYPTED)
    if "content.xml" in names:
        return ods.read(data, package)
    if "xl/workbook.bin" in names:
        return xlsb.read(data, package)
    if "word/document.xml" in names:
        return word.read(package)
    if any(name.startswith("xl/") for name in names):
        return xlsx.read(data, package)
    raise RefusedError(NOT_A_WORKBOOK)
