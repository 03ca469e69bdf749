"""Workbooks wrapped up: archives of every kind, mails in mails, several in one letter."""

from __future__ import annotations

from tests import parcels
from tests.ledger.corpus.hands import Hand, Making, Sent, types
from tests.ledger.corpus.libreoffice import Saw

_PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200) + b"\xff\xd9"


def zip_of_one(hand: Hand) -> Sent:
    return Sent("报送.zip", parcels.zipped({"台账.xlsx": hand.filled()}))


def zip_with_gbk_names(hand: Hand) -> Sent:
    return Sent("报送.zip", parcels.raw_zip([("十月/台账（盖章）.xlsx".encode("gb18030"), hand.filled(), 0, b"")]))


def zip_in_a_zip(hand: Hand) -> Sent:
    inner = parcels.zipped({"台账.xlsx": hand.filled()})
    return Sent("报送.zip", parcels.zipped({"各科室/汇总.zip": inner}))


def zip_of_three_units(hand: Hand) -> Making:
    second, third = hand.other(), hand.other()
    ods = yield Saw(second.filled(), "ods")
    broken = third.filled(types(H8=None))
    return Sent("三家.zip", parcels.zipped({"甲.xlsx": hand.filled(), "乙/台账.ods": ods, "丙.xlsx": broken}))


def zip_with_photographs_beside(hand: Hand) -> Sent:
    files = {
        "台账.xlsx": hand.filled(),
        "佐证/现场.jpg": _PHOTO,
        "__MACOSX/._台账.xlsx": b"\0\5\x16\7",
        "Thumbs.db": b"x",
    }
    return Sent("报送.zip", parcels.zipped(files))


def seven_zip(hand: Hand) -> Sent:
    return Sent("报送.7z", parcels.seven_zipped({"台账.xlsx": hand.filled()}))


def rar_of_today(hand: Hand) -> Sent:
    return Sent("报送.rar", parcels.rar5({"十月/台账.xlsx": hand.filled()}))


def rar_of_old(hand: Hand) -> Sent:
    return Sent("报送.rar", parcels.rar4({"台账.xlsx".encode("gb18030"): hand.filled()}))


def tar_gz(hand: Hand) -> Sent:
    return Sent("报送.tar.gz", parcels.tarred({"台账.xlsx": hand.filled()}, "-z"))


def zip_without_ending(hand: Hand) -> Sent:
    return Sent("报送材料", parcels.zipped({"台账.xlsx": hand.filled()}))


def mail_in_a_mail(hand: Hand) -> Sent:
    return Sent("转发.eml", parcels.mail({"台账.xlsx": hand.filled()}, f"转发：{hand.unit}台账"))


def zip_in_a_mail_in_a_zip(hand: Hand) -> Sent:
    letter = parcels.mail({"报送.zip": parcels.zipped({"台账.xlsx": hand.filled()})}, f"{hand.unit}报送")
    return Sent("邮件.zip", parcels.zipped({"邮件.eml": letter}))


def outlook_message(hand: Hand) -> Sent:
    return Sent("报送.msg", parcels.outlook({"台账.xlsx": hand.filled()}, f"{hand.unit}报送"))


def several_workbooks_in_one_letter(hand: Hand) -> Sent:
    second, third = hand.other(), hand.other()
    beside = (("乙.xlsx", second.filled(types(J6="乙单位目录已调整"))), ("丙.xlsx", third.filled(types(D3=None))))
    return Sent("甲.xlsx", hand.filled(), beside)


def photograph_beside_the_workbook(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(), (("签到表.jpg", _PHOTO + hand.unit.encode()),))


def same_workbook_twice_in_one_letter(hand: Hand) -> Sent:
    data = hand.filled()
    return Sent("台账.xlsx", data, (("台账(1).xlsx", data),))


def two_different_answers_in_one_letter(hand: Hand) -> Sent:
    return Sent("1初稿.xlsx", hand.filled(types(J6="初稿内容")), (("2定稿.xlsx", hand.filled()),))


def locked_zip(hand: Hand) -> Sent:
    name = "台账.xlsx".encode()
    return Sent("报送.zip", parcels.raw_zip([(name, hand.filled(), 0x801, b"")]))


def locked_seven_zip(hand: Hand) -> Sent:
    return Sent("报送.7z", parcels.seven_zipped({"台账.xlsx": hand.filled()}, "-p123456", "-mhe=on"))


def locked_rar(hand: Hand) -> Sent:
    return Sent("报送.rar", parcels.rar5({"台账.xlsx": hand.filled()}, locked=True))


def zip_cut_short(hand: Hand) -> Sent:
    data = parcels.zipped({"台账.xlsx": hand.filled()})
    return Sent("报送.zip", data[: len(data) * 2 // 3])


def empty_zip(hand: Hand) -> Sent:
    return Sent("报送.zip", parcels.zipped({}))


def archive_bomb(hand: Hand) -> Sent:
    return Sent("报送.zip", parcels.zipped({"台账.xlsx": bytes(260 * 2**20), hand.unit: b""}))


def zip_of_photographs(hand: Hand) -> Sent:
    return Sent("现场照片.zip", parcels.zipped({"现场1.jpg": _PHOTO + hand.unit.encode()}))
