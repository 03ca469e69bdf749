"""Whatever arrives, in a folder or by mail, is opened down to the files in it: none lost, none dangerous."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from flows.ledger import layout
from flows.periods import CHINA
from flows.post import archives
from flows.problems import UserError
from flows.round import intake
from flows.round.intake import Parcel, archive, from_folder, from_mail, opened
from tests.needs import need
from tests.parcels import mail, outlook, rar5, raw_zip, seven_zipped, winmail, zipped

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(50)
PAPER = b"%PDF-1.7 " + bytes(50)


def workbook(unit: str = "市财政局") -> bytes:
    book = openpyxl.Workbook()
    assert book.active
    book.active.append([unit])
    store = BytesIO()
    book.save(store)
    return store.getvalue()


def word(*rows: list[str]) -> bytes:
    document = docx.Document()
    document.add_paragraph("关于完成状态、进展情况、存在问题、下步措施的说明")
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for cells, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, texts, strict=True):
                cell.text = text
    store = BytesIO()
    document.save(store)
    return store.getvalue()


BOOK, OTHER = workbook(), workbook("市民政局")


def lie(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def found(folder: Path, left: list[str] | None = None) -> dict[str, Parcel]:
    """Every parcel of a folder by the name it is shown under."""
    return {parcel.shown: parcel for parcels in from_folder(folder, left) for parcel in parcels}


def received(files: dict[str, bytes]) -> list[Parcel]:
    return list(from_mail(mail(files), None))


def sheets(parcels: list[Parcel]) -> list[str]:
    return [parcel.shown for parcel in parcels if parcel.is_sheet and not parcel.reason]


# --- a folder -------------------------------------------------------------------------------------------------------


def test_files_come_in_order_of_age_with_their_path(tmp_path: Path) -> None:
    for age, name in enumerate(["迟/乙.xlsx", "早/甲.xlsx"]):
        os.utime(lie(tmp_path, name, BOOK), (2_000_000_000 - age * 60,) * 2)
    assert [[p.shown for p in parcels] for parcels in from_folder(tmp_path)] == [["早/甲.xlsx"], ["迟/乙.xlsx"]]


def test_lock_files_and_leavings_are_passed_over(tmp_path: Path) -> None:
    for name in (
        "~$台账.xlsx",
        ".~lock.台账.xlsx#",
        "Thumbs.db",
        "desktop.ini",
        "台账.tmp",
        "__MACOSX/._台账.xlsx",
        "._台账.xlsx",
    ):
        lie(tmp_path, name, b"1")
    left: list[str] = []
    assert found(tmp_path, left) == {}
    assert left == []


def test_a_download_under_way_is_told_and_left(tmp_path: Path) -> None:
    lie(tmp_path, "台账.xlsx.crdownload", b"1")
    left: list[str] = []
    assert found(tmp_path, left) == {}
    assert left == ["“台账.xlsx.crdownload”还没有下载完，这次没有收，下载完再收一次"]


def test_a_file_that_another_program_holds_is_told_and_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, read = lie(tmp_path, "锁.xlsx", BOOK), Path.read_bytes
    lie(tmp_path, "好.xlsx", BOOK)

    def refusing(path: Path) -> bytes:
        if path == held:
            raise PermissionError(13, "used by another process")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    left: list[str] = []
    assert list(found(tmp_path, left)) == ["好.xlsx"]
    assert left == ["“锁.xlsx”正被别的程序打开或还没有写完，这次没有收，关闭后再收一次"]


def test_a_file_that_grows_while_it_is_read_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie(tmp_path, "正在写.xlsx", BOOK)
    read = Path.read_bytes

    def growing(path: Path) -> bytes:
        data = read(path)
        with path.open("ab") as stream:
            stream.write(b"more")
        return data

    monkeypatch.setattr(Path, "read_bytes", growing)
    left: list[str] = []
    assert found(tmp_path, left) == {}
    assert len(left) == 1


def test_a_very_big_file_is_refused_without_being_read_and_still_archived(tmp_path: Path) -> None:
    big = tmp_path / "收" / "录像.xlsx"
    big.parent.mkdir()
    with big.open("wb") as stream:
        stream.truncate(intake.BIG + 1)
    (parcel,) = found(tmp_path / "收").values()
    assert (parcel.data, parcel.reason, parcel.is_sheet) == (b"", intake.TOO_BIG, True)
    kept = archive(parcel, tmp_path / "档")
    assert kept.name.startswith(parcel.sha256[:12])
    assert kept.stat().st_size == intake.BIG + 1


def test_a_folder_of_ten_thousand_small_files_is_gone_through_quickly(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).mkdir()
        for inner in range(100):
            (tmp_path / str(number) / f"{inner}.txt").write_bytes(b"1")
    start = time.perf_counter()
    assert sum(len(parcels) for parcels in from_folder(tmp_path)) == 10_000
    assert time.perf_counter() - start < 10


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="找不到文件夹"):
        list(from_folder(tmp_path / "没有"))


# --- archives -------------------------------------------------------------------------------------------------------


def test_every_file_of_an_archive_is_a_parcel_of_its_own(tmp_path: Path) -> None:
    lie(tmp_path, "收/各科室.zip", zipped({"财政/台账.xlsx": BOOK, "民政/台账.xlsx": OTHER, "照片.png": PICTURE}))
    parcels = found(tmp_path / "收")
    assert list(parcels) == ["各科室.zip/财政/台账.xlsx", "各科室.zip/民政/台账.xlsx", "各科室.zip/照片.png"]
    assert [parcel.is_sheet for parcel in parcels.values()] == [True, True, False]
    assert parcels["各科室.zip/财政/台账.xlsx"].data == BOOK
    assert parcels["各科室.zip/财政/台账.xlsx"].name == "台账.xlsx"


def test_the_archive_itself_is_kept_byte_for_byte_beside_its_files(tmp_path: Path) -> None:
    packed = zipped({"内.zip": zipped({"台账.xlsx": BOOK})})
    lie(tmp_path, "收/包.zip", packed)
    (parcel,) = found(tmp_path / "收").values()
    archive(parcel, tmp_path / "档")
    assert sorted(path.read_bytes() for path in (tmp_path / "档").iterdir()) == sorted([BOOK, packed])


@pytest.mark.parametrize("kind", ["zip", "7z", "rar"])
def test_an_archive_is_known_by_its_content(kind: str, tmp_path: Path) -> None:
    data = {"zip": zipped, "7z": seven_zipped, "rar": rar5}[kind]({"台账.xlsx": BOOK})
    lie(tmp_path, "台账.xlsx", data)
    assert list(found(tmp_path)) == ["台账.xlsx/台账.xlsx"]


def test_archives_in_archives_are_opened_four_deep(tmp_path: Path) -> None:
    deep = BOOK
    for name in ("台账.xlsx", "三.zip", "二.zip", "一.zip"):
        deep = zipped({name: deep})
    lie(tmp_path, "包.zip", deep)
    assert list(found(tmp_path)) == ["包.zip/一.zip/二.zip/三.zip/台账.xlsx"]
    lie(tmp_path, "包.zip", zipped({"零.zip": deep}))
    ((shown, parcel),) = found(tmp_path).items()
    assert (shown, parcel.reason) == ("包.zip/零.zip/一.zip/二.zip/三.zip", archives.TOO_DEEP)


def test_a_bomb_inside_an_archive_refuses_all_of_it(tmp_path: Path) -> None:
    packed = zipped(
        {"台账.xlsx": BOOK, "里.zip": zipped({f"{n}": bytes(2**20) for n in range(199)}), "外": bytes(2**20 * 3)}
    )
    lie(tmp_path, "包.zip", packed)
    ((shown, parcel),) = found(tmp_path).items()
    assert (shown, parcel.reason, parcel.data) == ("包.zip", archives.BOMB, packed)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (raw_zip([(b"a.xlsx", b"1" * 30, 1, b"")]), archives.PASSWORD),
        (zipped({"台账.xlsx": BOOK})[:500], archives.DAMAGED),
        (b"no archive at all", archives.DAMAGED),
        (zipped({"照片.png": PICTURE, "说明.pdf": PAPER}), "压缩包里没有台账，只有照片.png、说明.pdf，请对方补发台账"),
        (zipped({}), archives.EMPTY),
    ],
    ids=["password", "damaged", "no archive", "no sheet", "empty"],
)
def test_an_archive_that_brings_nothing_is_quarantined_with_its_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    lie(tmp_path, "包.zip", data)
    ((shown, parcel),) = found(tmp_path).items()
    assert (shown, parcel.reason, parcel.data, parcel.is_sheet) == ("包.zip", reason, data, True)


def test_what_could_be_got_out_is_taken_and_the_archive_says_what_could_not(tmp_path: Path) -> None:
    lie(tmp_path, "包.zip", raw_zip([(b"a.xlsx", b"1" * 30, 1, b""), ("乙.xlsx".encode("gbk"), BOOK, 0, b"")]))
    parcels = found(tmp_path)
    assert list(parcels) == ["包.zip", "包.zip/乙.xlsx"]
    assert parcels["包.zip"].reason == "压缩包里的“a.xlsx”加了密码，请对方取消密码后再发；其余文件已收下"
    assert parcels["包.zip/乙.xlsx"].reason == ""


def test_a_program_is_not_opened(tmp_path: Path) -> None:
    lie(tmp_path, "台账（自解压）.exe", b"MZ" + bytes(62) + b"PE\0\0" + rar5({"台账.xlsx": BOOK}))
    (parcel,) = found(tmp_path).values()
    assert parcel.reason == intake.PROGRAM


def test_names_inside_archives_are_shown_without_tricks(tmp_path: Path) -> None:
    names = ["../../x.xlsx", "CON.xlsx", "a\u202excod.xlsx", "长" * 300 + ".xlsx", "C:\\y.xlsx"]
    lie(tmp_path, "收/包.zip", zipped(dict.fromkeys(names, BOOK)))
    parcels = found(tmp_path / "收")
    assert [p.name for p in parcels.values()] == ["x.xlsx", "CON.xlsx", "axcod.xlsx", "长" * 115 + ".xlsx", "y.xlsx"]
    kept = [archive(parcel, tmp_path / "档") for parcel in parcels.values()]
    assert {path.parent for path in kept} == {tmp_path / "档"}
    assert all(len(path.name.encode()) < 200 for path in kept)


# --- mails ----------------------------------------------------------------------------------------------------------


def test_several_workbooks_in_one_mail_are_several_parcels() -> None:
    parcels = received({"财政.xlsx": BOOK, "民政.xlsx": OTHER, "财政副本.xlsx": BOOK})
    assert [p.shown for p in parcels] == ["报送台账/财政.xlsx", "报送台账/民政.xlsx", "报送台账/财政副本.xlsx"]
    assert parcels[0].sha256 == parcels[2].sha256 != parcels[1].sha256
    assert {p.sender for p in parcels} == {"he@unit.example"}


def test_a_workbook_in_a_forwarded_mail_in_a_zip_is_found() -> None:
    inner = mail({"台账.xlsx": BOOK}, subject="下级报送", sender="someone@lower.example")
    (parcel,) = received({"打包.zip": zipped({"转发.eml": mail({"原信.eml": inner})})})
    assert (parcel.shown, parcel.data) == ("报送台账/打包.zip/转发.eml/台账.xlsx", BOOK)
    assert parcel.sender == "he@unit.example"  # who sent it to us answers for it


def test_papers_beside_a_workbook_are_papers_also_when_they_come_zipped() -> None:
    parcels = received({"台账.xlsx": BOOK, "佐证.zip": zipped({"照片.png": PICTURE, "文件.pdf": PAPER})})
    assert sheets(parcels) == ["报送台账/台账.xlsx"]
    assert [p.shown for p in parcels if not p.is_sheet] == ["报送台账/佐证.zip/照片.png", "报送台账/佐证.zip/文件.pdf"]
    assert not any(p.reason for p in parcels)


@pytest.mark.parametrize("name", ["台账", "台账.doc", "台账.dat", "tcmime.1234.5678.bin", "...", "\u202e台账"])
def test_a_workbook_is_known_by_its_content(name: str) -> None:
    (parcel,) = received({name: BOOK})
    assert parcel.is_sheet
    assert parcel.data == BOOK


def test_a_word_file_is_a_return_only_when_it_holds_the_table() -> None:
    report, table = word(), word([layout.NO, layout.STATUS, layout.PROGRESS], ["1", "已完成", "完成了"])
    parcels = received({"台账.xlsx": BOOK, "情况说明.docx": report, "表格.docx": table})
    assert [p.is_sheet for p in parcels] == [True, False, True]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_saved_as_text_is_a_return_whatever_its_name(charset: str) -> None:
    text = "\t".join(layout.HEADERS) + "\n1\t政策\t目录\n"
    assert [p.is_sheet for p in received({"台账.txt": text.encode(charset), "说明.txt": "请查收".encode(charset)})] == [
        True,
        False,
    ]


def test_a_mail_without_files_is_a_parcel_that_is_no_sheet() -> None:
    (parcel,) = from_mail(mail({}), None)
    assert (parcel.name, parcel.is_sheet, parcel.reason) == ("报送台账.eml", False, "")


def test_lock_files_attached_by_mistake_are_passed_over() -> None:
    assert [p.name for p in received({"~$台账.xlsx": b"1", "台账.xlsx": BOOK})] == ["台账.xlsx"]


# --- saved mails ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["来信.eml", "来信.bin"])
def test_a_mail_saved_in_the_folder_is_opened_and_knows_its_sender(tmp_path: Path, name: str) -> None:
    lie(tmp_path, name, mail({"台账.xlsx": BOOK}))
    ((shown, parcel),) = found(tmp_path).items()
    assert (shown, parcel.sender, parcel.origin) == (f"{name}/台账.xlsx", "he@unit.example", "mail")
    assert parcel.received == datetime(2026, 10, 20, 9, tzinfo=CHINA)
    assert parcel.container is not None
    assert parcel.container.name == name


def test_a_saved_mail_without_files_says_so(tmp_path: Path) -> None:
    lie(tmp_path, "来信.eml", mail({}))
    (parcel,) = found(tmp_path).values()
    assert parcel.reason == intake.NO_ATTACHMENT
    assert parcel.sender == "he@unit.example"


def test_a_mail_dragged_out_of_outlook_is_opened(tmp_path: Path) -> None:
    lie(tmp_path, "来信.msg", outlook({"台账.xlsx": BOOK, "小.csv": b"1"}, inner={"转发的.xlsx": OTHER}))
    parcels = found(tmp_path)
    assert list(parcels) == ["来信.msg/台账.xlsx", "来信.msg/小.csv", "来信.msg/转发的.xlsx"]
    parcel = parcels["来信.msg/台账.xlsx"]
    assert (parcel.data, parcel.sender, parcel.message_id) == (BOOK, "he@unit.example", "<saved@unit.example>")
    assert parcel.received == datetime(2026, 10, 20, 9, tzinfo=UTC)


def test_a_damaged_outlook_mail_is_told(tmp_path: Path) -> None:
    lie(
        tmp_path,
        "来信.msg",
        outlook({"台账.xlsx": BOOK})[:-1400] + b"__properties_version1.0".decode().encode("utf-16-le"),
    )
    parcels = list(found(tmp_path).values())
    assert [p.reason for p in parcels] == [intake.DAMAGED_MAIL]


def test_a_web_page_saved_as_one_file_is_no_mail() -> None:
    page = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\n<table>\r\n--x--\r\n"
    parcel = Parcel("台账.mht", "台账.mht", page, datetime.now(CHINA), "folder")
    assert opened(parcel) == [parcel]
    assert parcel.is_sheet


def test_a_compressed_rar_by_mail_is_opened_by_a_program_of_this_machine() -> None:
    need("bsdtar", "libarchive-tools")
    assert [p.data for p in received({"台账.rar": rar5({"台账.xlsx": BOOK}, compressed=True)})] == [BOOK]


def test_what_outlook_wrapped_into_winmail_dat_is_unwrapped() -> None:
    first = {"市财政局2026年10月工作台账.xlsx": BOOK, "照片.png": PICTURE}
    parcels = received({"winmail.dat": winmail(first)})
    assert [(p.name, p.data) for p in parcels] == list(first.items())
    assert [p.name for p in received({"winmail.dat": winmail({})})] == ["winmail.dat"]
    assert [p.name for p in received({"winmail.dat": winmail(first)[:900]})] == ["winmail.dat"]


def test_a_table_exported_as_a_page_is_found_also_when_it_is_attached_like_a_body() -> None:
    page = f"<table><tr>{''.join(f'<td>{word}</td>' for word in layout.HEADERS)}</tr></table>"
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "he@unit.example", "报送"
    letter.set_content("请查收。")
    letter.add_alternative("<p>请查收。</p>", subtype="html")
    letter.make_mixed()
    letter.attach(part := EmailMessage())
    part.set_content(page, subtype="html", charset="utf-8")
    part.set_param("name", "台账.htm")
    (parcel,) = from_mail(letter.as_bytes(), None)
    assert (parcel.name, parcel.is_sheet) == ("台账.htm", True)
