"""Archives and mails as people's programs make them, for tests: where no tool writes a format, it is written here."""

from __future__ import annotations

import io
import struct
import subprocess
import tempfile
import zipfile
import zlib
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

from tests.needs import need


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip as Python and macOS name things: UTF-8, flagged."""
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return store.getvalue()


def raw_zip(files: list[tuple[bytes, bytes, int, bytes]]) -> bytes:
    """A stored zip with names byte for byte: (name, content, flags, extra field)."""
    body, directory = b"", b""
    for name, data, flags, extra in files:
        fixed = struct.pack("<HHHHHIII", 20, flags, 0, 0, 0x21, zlib.crc32(data), len(data), len(data))
        lengths = struct.pack("<HH", len(name), len(extra))
        directory += (
            b"PK\x01\x02\x14\x00" + fixed + lengths + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name + extra
        )
        body += b"PK\x03\x04" + fixed + lengths + name + extra + data
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def unicode_path(name: bytes, meant: str) -> bytes:
    """Info-ZIP's extra field 0x7075."""
    data = b"\x01" + struct.pack("<I", zlib.crc32(name)) + meant.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


def seven_zipped(files: dict[str, bytes], *options: str) -> bytes:
    """A 7z made by 7-Zip itself."""
    return _packed([need("7zz", "7zip"), "a", "-bd", *options, "archive.7z", "."], files, "archive.7z")


def tarred(files: dict[str, bytes], *options: str) -> bytes:
    """A tar made by bsdtar, compressed by its options."""
    return _packed(
        [need("bsdtar", "libarchive-tools"), "-c", *options, "-f", "archive.tar", *files], files, "archive.tar"
    )


def _packed(command: list[str], files: dict[str, bytes], made: str) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            path = Path(place) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
        return (Path(place) / made).read_bytes()


def rar5(files: dict[str, bytes], *, compressed: bool = False, locked: bool = False, hidden: bool = False) -> bytes:
    """RAR 5. ``locked``: the files need a password, ``hidden``: their names too."""
    blocks = b"Rar!\x1a\x07\x01\x00"
    if hidden:
        return blocks + _block5(4, 0, _vint(0) + _vint(0) + b"\x0f" + bytes(16))
    blocks += _block5(1, 0, _vint(0))
    for name, data in files.items():
        packed = _literals5(data) if compressed else data
        method = (1 << 7) if compressed else 0
        shown = name.encode()
        fields = _vint(0x04) + _vint(len(data)) + _vint(0x20) + struct.pack("<I", zlib.crc32(data))
        fields += _vint(method) + _vint(0) + _vint(len(shown)) + shown
        extra = b""
        if locked:  # record 1: AES-256, no password check, its salt and vector
            record = _vint(1) + _vint(0) + _vint(0) + b"\x0f" + bytes(32)
            extra = _vint(len(record)) + record
        blocks += _block5(2, 0x02 | (1 if extra else 0), fields, extra, packed)
    return blocks + _block5(5, 0, _vint(0))


def rar4(files: dict[bytes, bytes], *, locked: bool = False, volume: bool = False) -> bytes:
    """RAR 4, stored, names as bytes of some code page."""
    blocks = b"Rar!\x1a\x07\x00" + _block4(0x73, 0x01 if volume else 0, bytes(6))
    for name, data in files.items():
        fixed = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x5A21_0000, 20, 0x30, len(name), 0x20
        )
        blocks += _block4(0x74, 0x8000 | (0x04 if locked else 0) | (0x01 if volume else 0), fixed + name) + data
    return blocks + _block4(0x7B, 0x4000, b"")


def _vint(value: int) -> bytes:
    found = b""
    while value >= 0x80:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def _block5(kind: int, flags: int, fields: bytes, extra: bytes = b"", data: bytes = b"") -> bytes:
    sizes = (_vint(len(extra)) if flags & 1 else b"") + (_vint(len(data)) if flags & 2 else b"")
    head = _vint(kind) + _vint(flags) + sizes + fields + extra
    sized = _vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized + data


def _block4(kind: int, flags: int, fields: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def _literals5(data: bytes) -> bytes:
    """RAR 5 compression with a code that gives every byte itself: enough that only a real unpacker reads it."""
    lengths = ["0001" if symbol in (0, 8) else "0000" for symbol in range(20)]
    table = "1" * 256 + "0" * (430 - 256)  # 256 literals of 8 bits, nothing else
    bits = "".join(lengths) + table + "".join(f"{byte:08b}" for byte in data)
    last = len(bits) % 8 or 8
    packed = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    flags = 0xC0 | 0x10 | (last - 1)  # last block, table there, three bytes of size
    size = len(packed).to_bytes(3, "little")
    return bytes([flags, 0x5A ^ flags ^ size[0] ^ size[1] ^ size[2]]) + size + packed


def mail(files: dict[str, bytes], subject: str = "报送台账", sender: str = "he@unit.example") -> bytes:
    """A plain mail with attachments; those named .eml are forwarded mails."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, "office@county.example", subject
    letter["Message-ID"], letter["Date"] = (
        f"<{zlib.crc32(subject.encode())}@unit.example>",
        "Tue, 20 Oct 2026 09:00:00 +0800",
    )
    letter.set_content("请查收。")
    for name, data in files.items():
        letter.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return letter.as_bytes()


def outlook(files: dict[str, bytes], subject: str = "报送台账", inner: dict[str, bytes] | None = None) -> bytes:
    """A .msg as Outlook saves it, with the properties that matter; ``inner``: a mail forwarded inside it."""
    tree = _message(files, subject, 32)
    if inner is not None:
        tree[f"__attach_version1.0_#{len(files):08X}"] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3701000D": _message(inner, f"转发：{subject}", 24),
        }
    return compound(tree)


def winmail(files: dict[str, bytes]) -> bytes:
    """A winmail.dat (TNEF) as Exchange makes it: short names in the code page, long ones as a property."""

    def attribute(level: int, mark: int, body: bytes) -> bytes:
        return struct.pack("<BII", level, mark, len(body)) + body + struct.pack("<H", sum(body) & 0xFFFF)

    data = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    for name, content in files.items():
        long = f"{name}\0".encode("utf-16-le")
        properties = struct.pack("<I", 3) + struct.pack("<HHI", 3, 0x3705, 1)
        properties += struct.pack("<HH", 3, 0x8001) + bytes(16) + struct.pack("<III", 0, 7, 1)
        properties += struct.pack("<HHII", 0x1F, 0x3707, 1, len(long)) + long.ljust(-(-len(long) // 4) * 4, b"\0")
        data += attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, f"{name[:3]}~1\0".encode("gbk"))
        data += attribute(2, 0x0006800F, content) + attribute(2, 0x00069005, properties)
    return data


Tree = dict[str, "bytes | Tree"]


def _message(files: dict[str, bytes], subject: str, head: int) -> Tree:
    sent = 134_369_604_000_000_000  # 2026-10-19T01:00:00Z
    tree: Tree = {
        "__properties_version1.0": bytes(head) + struct.pack("<HHIQ", 0x40, 0x39, 6, sent),
        "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
        "__substg1.0_0037001F": subject.encode("utf-16-le"),
        "__substg1.0_0C1A001F": "何某".encode("utf-16-le"),
        "__substg1.0_5D01001F": "He@unit.example".encode("utf-16-le"),
        "__substg1.0_1035001F": "<saved@unit.example>".encode("utf-16-le"),
    }
    for place, (name, data) in enumerate(files.items()):
        tree[f"__attach_version1.0_#{place:08X}"] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            "__substg1.0_37010102": data,
        }
    return tree


def compound(tree: Tree) -> bytes:
    """An OLE compound file. Streams below 4,096 bytes are filled up with blanks of their own length in whole sectors:
    the small-stream store is used, as Office does."""
    entries: list[tuple[str, int, int, int, int, int, int]] = []
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, mini_fat = b"", list[int]()

    def chain(data: bytes) -> int:
        count = -(-len(data) // 512)
        start = len(sectors)
        for place in range(count):
            sectors.append(data[place * 512 : place * 512 + 512].ljust(512, b"\0"))
            fat.append(start + place + 1 if place + 1 < count else 0xFFFFFFFE)
        return start if count else 0xFFFFFFFE

    def small(data: bytes) -> int:
        nonlocal mini
        start, count = len(mini_fat), -(-len(data) // 64)
        mini_fat.extend(start + place + 1 if place + 1 < count else 0xFFFFFFFE for place in range(count))
        mini += data.ljust(count * 64, b"\0")
        return start if count else 0xFFFFFFFE

    def add(name: str, content: bytes | Tree) -> int:
        own = len(entries)
        entries.append((name, 0, 0, 0, 0, 0, 0))
        if isinstance(content, bytes):
            start = small(content) if len(content) < 4096 else chain(content)
            entries[own] = (name, 2, -1, -1, -1, start, len(content))
        else:
            children = [
                add(each, content[each]) for each in sorted(content, key=lambda each: (len(each), each.upper()))
            ]
            for left, right in pairwise(children):
                entries[left] = (*entries[left][:3], right, *entries[left][4:])
            entries[own] = (name, 1, -1, -1, children[0] if children else -1, 0, 0)
        return own

    add("Root Entry", tree)
    root = entries[0]
    entries[0] = ("Root Entry", 5, -1, -1, root[4], chain(mini), len(mini))
    mini_start = chain(struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(-(-len(mini_fat) // 128) * 512, b"\xff"))
    directory = b"".join(
        f"{name}\0".encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBiii", 2 * len(name) + 2, kind, 1, left, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
        for name, kind, left, right, child, start, size in entries
    )
    directory_start = chain(directory)
    count = 1
    while (len(fat) + count) > count * 128:
        count += 1
    fat_start = len(sectors)
    fat += [0xFFFFFFFD] * count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(count * 512, b"\xff")
    sectors += [table[place * 512 : place * 512 + 512] for place in range(count)]
    places = [fat_start + place for place in range(count)]
    assert count <= 109
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack(
        "<IIIIIIIII", 0, count, directory_start, 0, 4096, mini_start, -(-len(mini_fat) // 128), 0xFFFFFFFE, 0
    )
    head += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - count))
    return head + b"".join(sectors)
