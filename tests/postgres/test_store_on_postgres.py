"""What is PostgreSQL's own: schemas, locks between machines, old databases, and what goes wrong with a server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from flows.migrations import STEPS, Step, migrate
from flows.problems import UserError
from flows.storage.database import make_engine
from flows.storage.locks import plan_lock
from flows.store import Store, decisions
from flows.tables import META, migrations
from tests.moving.homes import MARCH, busy_office, old_office, said
from tests.needs import ROOT
from tests.office import Office, fill, moving, new_office
from tests.postgres.cluster import Server, settle


def fresh() -> str:
    return f"s_{uuid4().hex[:12]}"


@contextmanager
def opened(server: Server, schema: str) -> Iterator[Store]:
    store = Store(server.url, schema)
    try:
        yield store
    finally:
        store.close()


def test_two_offices_in_one_database_know_nothing_of_each_other(server: Server, tmp_path: Path) -> None:
    one, other = server.office(tmp_path / "甲"), server.office(tmp_path / "乙")
    books = busy_office(one, tmp_path / "甲")
    other.adopt()
    assert other.json("status", *MARCH)["totals"]["asked"] == 0
    other.json("distribute", *MARCH)
    fill(books["市数据局"], tmp_path / "误" / "数据.xlsx", moving())
    found = other.json("collect", *MARCH, "--from", tmp_path / "误")
    assert [each["unit"] for each in found["accepted"]] == [], "signed by another office"
    assert one.json("status", *MARCH)["totals"]["answered"] == 1


def test_an_office_says_the_same_on_postgresql_as_on_sqlite(server: Server, tmp_path: Path) -> None:
    here, there = new_office(tmp_path / "一"), server.office(tmp_path / "二")
    busy_office(here, tmp_path / "一")
    busy_office(there, tmp_path / "二")

    def told(office: Office) -> object:
        """Without the seconds at which letters were written, and names made of them: a saved workbook's bytes."""
        found = said(office)
        text = json.dumps([found["status"], found["show"], found["trace"]["now"]], ensure_ascii=False)
        return json.loads(re.sub(r"[0-9a-f]{12,64}|20\d\d-\d\d-\d\dT[\d:.+]+", "#", text))

    assert told(here) == told(there)


def test_months_and_times_are_compared_as_bytes_whatever_the_servers_language(server: Server) -> None:
    with opened(server, fresh()) as store:
        for word in ("2026-1", "2026-01", "202601", "a", "B", "乙", "甲"):
            store.add(decisions, kind="k", word=word, meaning="", plan="", origin="")
        found = store.column(sa.select(decisions.c.word).order_by(decisions.c.word))
    assert found == sorted(found)


def test_texts_of_any_length_and_what_mails_bring_are_taken(server: Server) -> None:
    with opened(server, fresh()) as store:
        store.add(decisions, kind="k" * 500, word="长" * 900, meaning="a\0b", plan="", origin="")
        row = store.rows(sa.select(decisions))[0]
    assert (len(row.kind), len(row.word), row.meaning) == (500, 900, "a\ufffdb")


def test_an_old_database_is_brought_up_whole_or_not_at_all(server: Server, tmp_path: Path) -> None:
    """The tables as version 0.1 would have made them there: text of limited length in the server's own order."""
    old = sa.create_engine(f"sqlite:///{old_office(tmp_path).home / 'ledgers' / '台账.db'}")
    before = sa.MetaData()
    before.reflect(old)
    old.dispose()
    engine = make_engine(server.url, fresh())
    before.create_all(engine)

    def kinds() -> set[str]:
        with engine.connect() as db:
            return {repr(column["type"]) for name in before.tables for column in sa.inspect(db).get_columns(name)}

    def half(db: sa.Connection) -> None:
        db.execute(sa.text("DROP TABLE letters CASCADE"))
        raise RuntimeError("power cut")

    limited = kinds()
    with pytest.raises(RuntimeError):
        migrate(engine, (*STEPS, Step("9999 half", half)))
    assert kinds() == limited
    migrate(engine)
    assert not [kind for kind in kinds() if "VARCHAR" in kind or ("TEXT" in kind and "collation='C'" not in kind)]
    with engine.connect() as db:
        assert {step.name for step in STEPS} <= set(db.execute(sa.select(migrations.c.name)).scalars())
        assert set(META.tables) <= set(sa.inspect(db).get_table_names())
    engine.dispose()


def test_many_open_a_new_database_at_once_and_share_one_key(server: Server) -> None:
    schema, keys = fresh(), []

    def work() -> None:
        with opened(server, schema) as store:
            keys.append(store.secret())

    crowd = [threading.Thread(target=work) for _ in range(6)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert len(keys) == 6
    assert len(set(keys)) == 1


def test_two_machines_never_work_on_one_plan_at_once(server: Server, tmp_path: Path) -> None:
    """Two folders stand for two machines: only the server knows of both."""
    schema = fresh()
    here, there = server.office(tmp_path / "一", schema), server.office(tmp_path / "二", schema)
    here.adopt()
    there.adopt()
    with opened(server, schema) as store, ExitStack() as held:
        held.enter_context(plan_lock(store.engine, here.home / "ledgers" / "要点", "要点", "下发"))
        told = there.run("distribute", *MARCH)
        assert told.code == 2
        assert "正在对“要点”做“下发”" in told.err
        assert there.run("status", *MARCH).code in (0, 1), "who only looks is not kept waiting"
        there.json("import", there.home / "要点.txt", "--as", "另一个计划")
        held.close()
        assert there.run("distribute", *MARCH).code in (0, 1)


def test_a_holder_that_is_killed_holds_nothing(server: Server, tmp_path: Path) -> None:
    schema = fresh()
    office = server.office(tmp_path, schema)
    office.adopt()
    program = (
        "import sys, time; from pathlib import Path\n"
        "from flows.storage.locks import plan_lock; from flows.store import Store\n"
        "store = Store(sys.argv[1], sys.argv[2])\n"
        "with plan_lock(store.engine, Path(sys.argv[3]), '要点', '下发'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program, server.url, schema, str(tmp_path / "别处" / "要点")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert run.stdout
    assert run.stdout.readline().strip() == b"held"
    assert office.run("distribute", *MARCH).code == 2
    run.kill()
    run.wait()
    assert office.run("distribute", *MARCH).code in (0, 1)


@pytest.mark.parametrize(
    ("url", "schema", "word"),
    [
        ("postgresql://taizhang@/anders?host={sockets}", "", "没有 [store] url 所写的数据库"),
        ("postgresql://niemand@/taizhang?host={sockets}", "", "不认这个用户名或密码"),
        ("postgresql://taizhang@/taizhang?host=/nonexistent", "", "连不上"),
        ("mysql://taizhang@host/taizhang", "", "不支持 mysql"),
        ("my database", "", "写法不对"),
        ("postgresql://taizhang@/taizhang?host={sockets}", "办公室", "不能写“办公室”"),
    ],
)
def test_what_is_wrong_with_the_address_is_told_in_words(
    url: str, schema: str, word: str, server: Server, tmp_path: Path
) -> None:
    office = new_office(tmp_path)
    settle(office.home / "config.toml", url.format(sockets=server.sockets), schema)
    source = office.home / "要点.txt"
    source.write_text("1\t甲", encoding="utf-8")
    told = office.run("import", source, "--as", "要点")
    assert told.code == 2
    assert word in told.err
    assert "Traceback" not in told.err


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UserError, match="驱动") as told:
        make_engine("postgresql://taizhang@host/taizhang")
    assert "taizhang[postgres]" in told.value.hint


def test_the_password_comes_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.storage.database import password_from

    monkeypatch.setenv("TAIZHANG_STORE_PASSWORD", "geheim")
    assert password_from("TAIZHANG_STORE_PASSWORD") == "geheim"
    engine = make_engine(server.url, "", password_from("TAIZHANG_STORE_PASSWORD"))
    assert engine.url.password == "geheim"
    assert "geheim" not in str(engine.url)
    engine.dispose()
