"""Units send archives of every kind: their files are found under their right names, and nothing in them does harm."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.post import archives, programs
from flows.post.archives import Budget, OverLimitError, Unpacked, unpack
from flows.post.file_names import plain_name, plain_path, short
from tests.needs import need
from tests.parcels import rar4, rar5, raw_zip, seven_zipped, tarred, unicode_path, zipped

FILES = {"张家区/台账.xlsx": b"\x00sheet" * 9000, "说明.txt": "已按要求填报".encode(), "空.txt": b""}
BOMB, PASSWORD = archives.BOMB, archives.PASSWORD


def opened(data: bytes, name: str = "台账") -> Unpacked:
    return unpack(data, name, Budget())


def names(data: bytes) -> list[str]:
    return [name for name, _ in opened(data).files]


def test_a_zip_gives_its_files_in_order() -> None:
    assert opened(zipped(FILES)) == Unpacked(tuple(FILES.items()))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-m0=lzma",),
        ("-m0=copy",),
        ("-m0=deflate",),
        ("-m0=bzip2",),
        ("-ms=off",),
        ("-mhc=off",),
        ("-m0=ppmd",),
        ("-m0=bcj", "-m1=lzma2"),
        ("-m0=deflate64",),
    ],
    ids=" ".join,
)
def test_a_7z_gives_its_files_however_7zip_packed_it(options: tuple[str, ...]) -> None:
    found = opened(seven_zipped(FILES, *options))
    assert dict(found.files) == FILES
    assert found.trouble == ""


@pytest.mark.parametrize("compressed", [False, True], ids=["stored", "compressed"])
def test_a_rar_5_gives_its_files(compressed: bool) -> None:
    if compressed:
        need("bsdtar", "libarchive-tools")
    assert opened(rar5(FILES, compressed=compressed)) == Unpacked(tuple(FILES.items()))


def test_a_rar_4_gives_its_files_and_its_gbk_names() -> None:
    assert opened(rar4({name.encode("gb18030"): data for name, data in FILES.items()})).files == tuple(FILES.items())


@pytest.mark.parametrize("options", [(), ("-z",), ("-j",), ("-J",)], ids=["tar", "gz", "bz2", "xz"])
def test_a_tar_gives_its_files_however_compressed(options: tuple[str, ...]) -> None:
    assert opened(tarred(FILES, *options)).files == tuple(FILES.items())


def test_a_single_gzipped_file_loses_only_the_suffix() -> None:
    assert opened(gzip.compress(b"sheet"), "台账.xlsx.gz").files == (("台账.xlsx", b"sheet"),)


def test_names_from_chinese_windows_have_no_flag_and_are_gbk() -> None:
    assert names(raw_zip([("一些/市财政局台账.xlsx".encode("gbk"), b"1", 0, b"")])) == ["一些/市财政局台账.xlsx"]


def test_names_from_macos_have_no_flag_and_are_utf8() -> None:
    assert names(raw_zip([("市财政局台账.xlsx".encode(), b"1", 0, b"")])) == ["市财政局台账.xlsx"]


def test_the_utf8_flag_over_gbk_names_is_not_believed() -> None:
    assert names(raw_zip([("市财政局台账.xlsx".encode("gbk"), b"1", 0x800, b"")])) == ["市财政局台账.xlsx"]


def test_the_unicode_path_field_says_the_name_only_where_it_belongs_to_it() -> None:
    plain = b"????.xlsx"
    assert names(raw_zip([(plain, b"1", 0, unicode_path(plain, "㐂镇台账.xlsx"))])) == ["㐂镇台账.xlsx"]
    assert names(raw_zip([(plain, b"1", 0, unicode_path(b"other", "别的.xlsx"))])) == ["????.xlsx"]


def test_what_file_managers_leave_behind_is_passed_over() -> None:
    noise = [
        "__MACOSX/._台账.xlsx",
        "Thumbs.db",
        "附件/.DS_Store",
        "~$台账.xlsx",
        "desktop.ini",
        "下载.tmp",
        "._x.xlsx",
    ]
    assert names(zipped(dict.fromkeys(["台账.xlsx", *noise], b"1"))) == ["台账.xlsx"]


def test_backslashes_part_folders() -> None:
    assert [plain_path(name) for name in names(raw_zip([("附件\\台账.xlsx".encode("gbk"), b"1", 0, b"")]))] == [
        "附件/台账.xlsx"
    ]


def test_a_path_that_climbs_out_is_only_a_name_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (deep := tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(deep)
    evil = {"../../x.xlsx": b"1", "/etc/台账.xlsx": b"2", "C:\\Windows\\y.xlsx": b"3"}
    assert [plain_path(name) for name in names(zipped(evil))] == ["x.xlsx", "etc/台账.xlsx", "Windows/y.xlsx"]
    assert len(names(rar5(evil))) == 3
    need("bsdtar", "libarchive-tools")
    assert len(names(rar5(evil, compressed=True))) == 3
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b"]


def test_links_are_not_followed() -> None:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w") as archive:
        link = zipfile.ZipInfo("台账.xlsx")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert opened(store.getvalue()) == Unpacked(trouble=archives.EMPTY)
    store = io.BytesIO()
    with tarfile.open(fileobj=store, mode="w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo("台账.xlsx")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    assert opened(store.getvalue()) == Unpacked(trouble=archives.EMPTY)


@pytest.mark.parametrize(
    "data",
    [
        raw_zip([(b"a.xlsx", b"1" * 30, 1, b"")]),
        rar5({"a.xlsx": b"1"}, locked=True),
        rar5({"a.xlsx": b"1"}, hidden=True),
        rar4({b"a.xlsx": b"1"}, locked=True),
    ],
    ids=["zip", "rar5", "rar5 with hidden names", "rar4"],
)
def test_a_password_is_told(data: bytes) -> None:
    assert opened(data) == Unpacked(trouble=PASSWORD)


@pytest.mark.parametrize("options", [("-psecret",), ("-psecret", "-mhe=on")], ids=["files", "names too"])
def test_a_password_of_a_7z_is_told(options: tuple[str, ...]) -> None:
    assert opened(seven_zipped({"台账.xlsx": b"1"}, *options)) == Unpacked(trouble=PASSWORD)


def test_a_volume_of_a_split_archive_is_told() -> None:
    assert opened(rar4({b"a.xlsx": b"1"}, volume=True)).trouble == archives.VOLUME
    whole = bytearray(zipped({"a.xlsx": bytes(range(256)) * 9}, zipfile.ZIP_STORED))
    whole[-18:-14] = struct.pack("<HH", 1, 1)
    assert opened(bytes(whole[999:])).trouble == archives.VOLUME
    assert opened(b"PK\x07\x08" + bytes(whole[:999])).trouble == archives.VOLUME


@pytest.mark.parametrize("make", [zipped, seven_zipped, rar5, tarred], ids=lambda make: make.__name__)
def test_a_download_that_broke_off_is_told(make) -> None:  # type: ignore[no-untyped-def]
    data = make({"台账.xlsx": bytes(range(256)) * 60})
    found = opened(data[: len(data) * 2 // 3])
    assert found.files == ()
    assert found.trouble == archives.DAMAGED


def test_one_damaged_file_does_not_take_the_others_with_it() -> None:
    data = bytearray(zipped({"甲.xlsx": b"first" * 99, "乙.xlsx": b"second"}, zipfile.ZIP_STORED))
    data[data.index(b"firstfirst")] ^= 0xFF
    found = opened(bytes(data))
    assert found.files == (("乙.xlsx", b"second"),)
    assert found.trouble == "压缩包里的“甲.xlsx”已损坏，请对方重新发送；其余文件已收下"


@pytest.mark.parametrize("make", [seven_zipped, rar5], ids=lambda make: make.__name__)
def test_a_damaged_file_is_never_handed_on(make) -> None:  # type: ignore[no-untyped-def]
    content = bytes(range(256)) * 40
    data = bytearray(make({"台账.xlsx": content}, "-m0=copy") if make is seven_zipped else make({"台账.xlsx": content}))
    data[data.index(content) + 100] ^= 0xFF
    assert opened(bytes(data)).trouble == archives.DAMAGED


def test_an_archive_without_files_is_told() -> None:
    assert opened(zipped({})).trouble == archives.EMPTY
    assert opened(zipped({"Thumbs.db": b"1"})).trouble == archives.EMPTY


def test_too_many_files_are_refused() -> None:
    assert len(names(zipped({f"{n}.txt": b"1" for n in range(500)}))) == 500
    with pytest.raises(OverLimitError, match="超过 500 个"):
        opened(zipped({f"{n}.txt": b"1" for n in range(501)}))


def test_a_bomb_is_refused_by_what_it_says_of_itself() -> None:
    with pytest.raises(OverLimitError, match="大得反常"):
        opened(zipped({f"{n}.xlsx": bytes(2**20) for n in range(201)}))
    with pytest.raises(OverLimitError, match="大得反常"):
        opened(seven_zipped({"台账.xlsx": bytes(2**20 * 201)}))


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_further() -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(2**20 * 30)) + packed.flush()
    honest = zipped({"台账.xlsx": b""})
    lying = honest[:8] + struct.pack("<H", 8) + honest[10:18] + struct.pack("<II", len(data), 10)
    lying += honest[26 : 30 + len("台账.xlsx".encode())] + data
    place = honest.index(b"PK\x01\x02")
    directory = bytearray(honest[place:])
    directory[10:12] = struct.pack("<H", 8)
    directory[20:28] = struct.pack("<II", len(data), 10)
    directory[-6:-2] = struct.pack("<I", len(lying))
    assert opened(lying + bytes(directory)) == Unpacked(trouble=archives.DAMAGED)


@pytest.mark.parametrize("packed", [gzip.compress(bytes(2**20 * 64), 9)], ids=["gz"])
def test_a_stream_that_declares_nothing_is_counted_while_it_unpacks(packed: bytes) -> None:
    with pytest.raises(OverLimitError, match="大得反常"):
        opened(packed)


def test_a_file_that_shrank_a_thousandfold_is_refused_before_it_is_whole() -> None:
    with pytest.raises(OverLimitError, match="大得反常"):
        opened(zipped({"台账.xlsx": bytes(2**20 * 40)}))


def test_without_any_program_a_compressed_rar_is_left_with_a_sentence_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("PATH", "ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
        monkeypatch.setenv(key, str(tmp_path))
    monkeypatch.setattr(programs.sys, "platform", "linux")
    found = opened(rar5(FILES, compressed=True))
    assert found.trouble == archives.NO_TOOL
    assert "WinRAR 或 7-Zip" in found.trouble
    assert opened(rar5(FILES)).files == tuple(FILES.items())


def test_office_files_are_no_archives() -> None:
    assert archives.kind_of(zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""})) == ""
    assert archives.kind_of(zipped({"xl/a.xml": b"", "[Content_Types].xml": b""})) == ""
    assert archives.kind_of(zipped({"word/台账.xlsx": b"", "xl/台账.xlsx": b""})) == "zip"
    assert archives.kind_of(zipped({"[Content_Types].xml": b"" * 99, "xl/workbook.xml": b"1"})[:60]) == ""


@given(
    st.binary(max_size=300), st.sampled_from(["zip", "7z", "rar5", "rar4"]), st.integers(0, 400), st.integers(0, 255)
)
def test_no_bytes_whatsoever_make_it_fall_over(noise: bytes, kind: str, place: int, value: int) -> None:
    good = seven() if kind == "7z" else GOOD[kind]
    data = bytearray(good)
    data[place % len(data)] = value
    for each in (bytes(data), good[: place % len(data)] + noise, bytes(data)[:32] + noise):
        try:
            found = opened(each)
        except OverLimitError:
            continue
        assert found.files or found.trouble


@cache
def seven() -> bytes:
    return seven_zipped({"a.xlsx": b"hello" * 20}, "-mhc=off")


GOOD = {
    "zip": zipped({"a.xlsx": b"hello" * 20}),
    "rar5": rar5({"a.xlsx": b"hello" * 20}),
    "rar4": rar4({b"a.xlsx": b"hello" * 20}),
}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../x.xlsx", "x.xlsx"),
        ("C:\\用户\\台账.xlsx", "台账.xlsx"),
        ("台账\u202excod.xlsx", "台账xcod.xlsx"),
        ("...", "未命名"),
        ("", "未命名"),
        ("台账.xlsx. ", "台账.xlsx"),
        ("a\x00b\r\n.xlsx", "ab.xlsx"),
        ("CON.xlsx", "CON.xlsx"),
    ],
)
def test_names_are_made_harmless(raw: str, shown: str) -> None:
    assert plain_name(raw) == shown


def test_a_name_of_300_signs_keeps_its_suffix() -> None:
    assert len(plain_name("长" * 300 + ".xlsx")) == 120
    assert plain_name("长" * 300 + ".xlsx").endswith(".xlsx")
    assert len(short("长" * 300 + ".xlsx", 150).encode()) <= 150
    assert short("😀" * 100 + ".xlsx", 150).endswith("😀.xlsx")
