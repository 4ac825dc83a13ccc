"""What one process has worked out the next one takes over: little runs, and the answers are those of a new start."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.cli.main import main
from driftline.engine.cache_folder import CacheFolder, program
from driftline.engine.facts import NotPlain, Stale, decode, encode
from driftline.engine.project import open_project
from driftline.engine.remembered import keep, remember
from driftline.engine.session import Session
from driftline.migrations.evaluations import Evaluations
from driftline.python.recalled import RecalledFile
from driftline.python.same import same
from driftline.sources.memory import MemorySource
from driftline.sources.source import FileText
from tests.engine import shop
from tests.engine.test_incremental import edited, told
from tests.engine.test_reruns import TABLES, keys, many, revision

MANY = "/many"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def process(source: MemorySource, root: str) -> Counter[tuple[str, str]]:
    """What runs in a process that remembers, analyses, and keeps."""
    from driftline.engine.analyse import analysis

    session = Session(source)
    works = open_project(root, session).works
    for work in works:
        remember(work)
    for work in works:
        analysis(work)
    for work in works:
        keep(work)
    return Counter(session.ran)


def files_of(cache: Path) -> list[Path]:
    """The files in the cache."""
    return sorted(one for one in cache.rglob("*") if one.is_file())


# ---------------------------------------------------------------------------------------------------------------------
# What runs


def test_a_second_start_parses_and_follows_nothing() -> None:
    """No file is parsed for its facts, no revision followed, and env.py's closure is not evaluated."""
    source = MemorySource(many())
    process(source, MANY)

    ran = process(source, MANY)

    assert [] == keys(ran, "parse") + keys(ran, "revision") + keys(ran, "models")


def test_a_start_after_an_edit_of_a_revision_follows_it_alone() -> None:
    """One file is parsed; its two functions are followed; the models are as they were."""
    source = MemorySource(many())
    process(source, MANY)
    path = f"{MANY}/alembic/versions/0003.py"
    source.write(path, getattr(source.read(path), "text", "").replace("sa.Integer()", "sa.BigInteger()"))

    ran = process(source, MANY)

    assert [path] == keys(ran, "parse")
    assert [path, path] == keys(ran, "revision")
    assert [] == keys(ran, "models")


def test_a_start_after_an_edit_of_a_model_follows_no_revision() -> None:
    """The models are evaluated; of the revisions, the one is parsed that the new finding quotes."""
    source = MemorySource(many())
    process(source, MANY)
    path = f"{MANY}/models.py"
    source.write(path, getattr(source.read(path), "text", "").replace("str | None", "int | None", 1))

    ran = process(source, MANY)

    quoted = f"{MANY}/alembic/versions/0006.py"
    assert {path, f"{MANY}/alembic/env.py", quoted} >= set(keys(ran, "parse"))
    assert [] == keys(ran, "revision")
    assert 1 == len(keys(ran, "models"))


def test_a_comment_in_a_model_evaluates_no_model() -> None:
    """It is compared with the text from then, as a program, on each later start, too. Places are those of now."""
    source = MemorySource(shop.in_memory())
    process(source, shop.ROOT)
    edited(source, "shop/models/customer.py", "    email:", "    # a comment\n    email:")

    ran = process(source, shop.ROOT), process(source, shop.ROOT)

    assert [[], []] == [keys(one, "models") + keys(one, "revision") for one in ran]
    assert [{f"{shop.ROOT}/shop/models/customer.py"}] * 2 == [set(keys(one, "parse")) for one in ran]
    assert told(Session(source.copy())) == told(remembering(source))


def test_what_a_session_kept_through_edits_is_taken_over() -> None:
    """Facts that an edit left as they were have origins in a text that is gone by then: it is kept with them."""
    source = MemorySource(shop.in_memory())
    session = Session(source)
    told(session)
    edited(source, "shop/models/customer.py", "String(40)", "String(60)")
    told(session)
    for work in open_project(shop.ROOT, session).works:
        keep(work)

    ran = process(source, shop.ROOT)

    assert [] == keys(ran, "models")
    assert told(Session(source.copy())) == told(remembering(source))


def test_a_new_revision_is_the_only_one_that_is_followed() -> None:
    """The others are taken over."""
    source = MemorySource(many())
    process(source, MANY)
    path, text = revision(2 * TABLES, 'op.drop_column("t5", "name")', "op.add_column('t5', sa.Column('name'))")
    source.write(path, text)

    ran = process(source, MANY)

    assert [path] == keys(ran, "parse")
    assert {path} == set(keys(ran, "revision"))


def test_what_was_asked_of_revisions_for_the_models_is_asked_again() -> None:
    """Where nothing but revisions says which dialect it is, an edit of one that says the same evaluates no model."""
    files = many()
    files[f"{MANY}/alembic.ini"] = "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n"
    path, text = revision(3, "pass", "pass")
    files[path] = text.replace("from alembic", "from sqlalchemy.dialects import mysql\nfrom alembic")
    source = MemorySource(files)
    process(source, MANY)

    source.write(path, getattr(source.read(path), "text", "") + "\nx = 1\n")
    same_dialect = process(source, MANY)
    source.write(path, text)
    other_dialect = process(source, MANY)

    assert [] == keys(same_dialect, "models")
    assert 1 == len(keys(other_dialect, "models"))


def test_a_helper_that_changed_is_noticed() -> None:
    """Who imports it is followed again, from the new text."""
    source = MemorySource(shop.in_memory())
    process(source, shop.ROOT)
    edited(source, "shop/columns.py", '"updated_at"', '"changed_at"')

    ran = process(source, shop.ROOT)

    assert f"{shop.ROOT}/alembic/versions/0002_orders.py" in keys(ran, "revision")
    assert f"{shop.ROOT}/alembic/versions/0001_customers.py" not in keys(ran, "revision")


def test_a_module_that_comes_where_none_was_is_noticed() -> None:
    """What was looked for in vain is a part of what facts rest on."""
    source = MemorySource(many())
    process(source, MANY)
    source.write(f"{MANY}/sqlalchemy.py", "")
    source.write(f"{MANY}/models/__init__.py", "raise SystemExit\n")
    session = Session(source)
    for work in open_project(MANY, session).works:
        remember(work)

    from driftline.engine.analyse import declared

    (work,) = open_project(MANY, session).works
    assert {} == dict(declared(work).schema.tables)


def test_who_remembers_says_what_a_new_start_says() -> None:
    """With all places, over the edits of the shop."""
    for place, old, new in (
        ("shop/models/order.py", "index=True,", "index=True, unique=True,"),
        ("alembic/versions/0003_total.py", "sa.Numeric(10, 2), nullable=True", "sa.Numeric(12, 2), nullable=True"),
        ("shop/db.py", "class Stamped:\n", "# all have it\nclass Stamped:\n"),
    ):
        source = MemorySource(shop.in_memory())
        process(source, shop.ROOT)
        assert told(Session(source.copy())) == told(remembering(source))

        edited(source, place, old, new)

        assert told(Session(source.copy())) == told(remembering(source))


def remembering(source: MemorySource) -> Session:
    """A session that has taken over what was kept."""
    session = Session(source)
    for work in open_project(shop.ROOT, session).works:
        remember(work)
    return session


def test_nothing_is_written_where_nothing_is_new(cache: Path) -> None:
    """A start that takes over everything leaves the file as it is."""
    source = MemorySource(shop.in_memory())
    process(source, shop.ROOT)
    (file,) = files_of(cache)
    file.touch()
    before = file.stat().st_ino, file.stat().st_mtime_ns

    process(source, shop.ROOT)

    assert before == (file.stat().st_ino, file.stat().st_mtime_ns)


def test_without_the_cache_nothing_is_read_or_written(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--no-cache` says so."""
    monkeypatch.chdir(shop.on_disk(tmp_path / "shop"))
    main(["check", "--no-cache"])
    first = capsys.readouterr()
    assert [] == files_of(cache)

    main(["check"])
    for file in files_of(cache):
        file.write_bytes(b"x")
    capsys.readouterr()
    main(["check", "--no-cache"])

    assert {b"x"} == {file.read_bytes() for file in files_of(cache)}
    assert first == capsys.readouterr()


def test_check_and_audit_share_what_they_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An audit after a check follows nothing."""
    ran: list[str] = []
    began = Session.began

    def note(session: Session, name: str, key: str) -> None:
        ran.append(name)
        began(session, name, key)

    monkeypatch.chdir(shop.on_disk(tmp_path / "shop"))
    main(["check"])
    monkeypatch.setattr(Session, "began", note)

    main(["audit"])

    capsys.readouterr()
    assert {"revision", "models"} & set(ran) == set()


# ---------------------------------------------------------------------------------------------------------------------
# Whatever happens on disk between two starts


def _same_size_and_time(root: Path) -> None:
    """A file is replaced by one of the same size, whose time is set to the one from before."""
    path = root / "shop/models/order.py"
    status = path.stat()
    path.write_text(path.read_text("utf-8").replace("(10, 2)", "(12, 2)"), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _older(root: Path) -> None:
    """A file is replaced by one from long ago, under the same name."""
    path = root / "alembic/versions/0003_total.py"
    other = path.with_suffix(".old")
    other.write_text(path.read_text("utf-8").replace("(10, 2)", "(12, 2)"), "utf-8")
    os.utime(other, (1, 1))
    other.replace(path)


def _linked_elsewhere(root: Path) -> None:
    """A package that was a link leads to another copy of it, with the same sizes and times."""
    shop_now, copy = root / "shop", root.parent / "copy"
    shutil.copytree(shop_now, copy)
    _same_size_and_time(_around(copy))
    shop_now.rename(root.parent / "before")
    shop_now.symlink_to(copy)


def _around(copy: Path) -> Path:
    """A folder in which `copy` is called `shop`."""
    folder = copy.parent / "around"
    folder.mkdir()
    (folder / "shop").symlink_to(copy)
    return folder


def _shadowed(root: Path) -> None:
    """A package comes that has the name of a module."""
    (root / "shop/models/customer").mkdir()
    (root / "shop/models/customer/__init__.py").write_text("Customer = None\n")


def _stubbed(root: Path) -> None:
    """The module becomes a stub, of which nothing is imported."""
    path = root / "shop/models/customer.py"
    path.rename(path.with_suffix(".pyi"))


def _installed(root: Path) -> None:
    """The virtual environment comes to have the package that the project looks for in vain."""
    packages = root / ".venv/lib/python3.11/site-packages"
    (packages / "lib").mkdir(parents=True)
    (root / ".venv/pyvenv.cfg").write_text("home = /usr\n")
    mixin = "from sqlalchemy.orm import Mapped\n\n\nclass AgedMixin:\n    age: Mapped[int]\n"
    (packages / "lib/__init__.py").write_text(mixin)


def _assumed(root: Path) -> None:
    """A setting says what could not be read."""
    (root / "driftline.toml").write_text('dialect = "mysql"\nassume = {"lib.AgedMixin" = 1}\n')


def _moved(root: Path) -> None:
    """The project goes, and another one stands in its place."""
    root.rename(root.parent / "gone")
    shop.on_disk(root)


HOSTILE = {
    one.__name__: one
    for one in (_same_size_and_time, _older, _linked_elsewhere, _shadowed, _stubbed, _installed, _assumed, _moved)
}


@pytest.mark.parametrize("left", ["answers", "facts"])
@pytest.mark.parametrize("change", list(HOSTILE))
def test_what_happens_on_disk_is_noticed(
    tmp_path: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: str,
    left: str,
) -> None:
    """The answer is another one, and with the cache it is what it is without."""
    root = shop.on_disk(tmp_path / "shop")
    customer = root / "shop/models/customer.py"
    text = customer.read_text("utf-8").replace("class Customer(Base)", "class Customer(AgedMixin, Base)")
    customer.write_text(text.replace("from shop.db", "from lib import AgedMixin\nfrom shop.db", 1), "utf-8")
    monkeypatch.chdir(tmp_path)
    question = ["check", "--statistics", "--format", "json", "shop"]
    main(question)
    first = capsys.readouterr().out

    HOSTILE[change](root)
    if left == "facts":
        shutil.rmtree(cache / "driftline" / "answers")
    main(question)
    kept = capsys.readouterr().out
    main([*question, "--no-cache"])

    assert first != kept
    assert capsys.readouterr().out == kept


def test_another_state_of_a_library_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the same size and time elsewhere, as packagers with one time for all make them, is another one."""
    said = []
    for name in ("one", "two"):
        path = tmp_path / name / "sqlalchemy" / "__init__.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"# {name}\n")
        os.utime(path, (1, 1))
        monkeypatch.setattr(sys, "path", [str(tmp_path / name)])
        said.append(program())

    assert said[0] != said[1]


# ---------------------------------------------------------------------------------------------------------------------
# Whatever lies in the cache


@pytest.mark.parametrize("damage", ["torn", "flipped", "empty", "foreign", "json", "rows", "program"])
def test_a_damaged_file_is_a_miss(cache: Path, damage: str) -> None:
    """Everything runs, and the answer is the same."""
    source = MemorySource(shop.in_memory())
    fresh = process(source, shop.ROOT)
    (file,) = files_of(cache)
    content = file.read_bytes()
    data = content[16:]
    head, *rest = data.split(b"\n")
    now = {
        "torn": content[: len(content) // 2],
        "flipped": content[:100] + bytes([content[100] ^ 1]) + content[101:],
        "empty": b"",
        "foreign": signed(b"\x80\x04K\x01."),
        "json": signed(b'[1, {"a": 2}]\n\n'),
        "rows": signed(b"\n".join((head, *(b"[[9999,0]]" for _ in rest)))),
        "program": signed(b"\n".join((json.dumps([["other"], json.loads(head)[1]]).encode(), *rest))),
    }
    file.write_bytes(now[damage])

    assert fresh == process(source, shop.ROOT)


def signed(data: bytes) -> bytes:
    """A file of the cache whose digest is right."""
    return blake2b(data, digest_size=16).digest() + data


def test_every_prefix_of_a_file_is_a_miss(cache: Path) -> None:
    """A write that was cut off anywhere is as if it were not there."""
    folder = CacheFolder("some", most_bytes=1 << 20, most_files=10)
    folder.write("one", b"content")
    (file,) = files_of(cache)
    content = file.read_bytes()

    found = []
    for length in range(len(content)):
        file.write_bytes(content[:length])
        found.append(folder.read("one"))

    # Of nothing, the digest is not there either.
    assert {None} == set(found)


SCALARS = st.none() | st.booleans() | st.integers(-3, 60) | st.text(max_size=3)


@given(st.lists(SCALARS | st.lists(st.integers(-3, 70), max_size=6), max_size=12))
def test_no_text_makes_anything_but_facts(rows: list[Any]) -> None:
    """Whatever the rows say, they are facts, or they are refused."""

    def files(path: str, _digest: bytes) -> RecalledFile:
        raise Stale(path)

    try:
        decode(json.dumps(rows).encode(), files)
    except (ValueError, Stale):
        return


def test_facts_come_back_the_same() -> None:
    """With their origins, which are found again in the text."""
    source = MemorySource(shop.in_memory())
    session = Session(source)
    told(session)
    (work,) = open_project(shop.ROOT, session).works
    earlier = session.memory(Evaluations, work.key).kept()
    assert earlier is not None

    def files(path: str, digest: bytes) -> RecalledFile:
        file = source.read(path)
        assert isinstance(file, FileText)
        assert file.digest == digest
        return RecalledFile(file, Session(source).parse)

    for one in earlier.kept.values():
        assert same(one.evaluated, decode(encode(one.evaluated), files))


def test_what_is_no_plain_data_is_not_written() -> None:
    """A function is not; nor is an integer that Python does not write."""
    for value in (print, 10**5000):
        with pytest.raises(NotPlain):
            encode((1, value))


# ---------------------------------------------------------------------------------------------------------------------
# Whatever happens to it

WRITER = """
import sys
from driftline.engine.cache_folder import CacheFolder, program
folder = CacheFolder("some", most_bytes=1 << 26, most_files=10)
at = 0
while True:
    at += 1
    folder.write("one", bytes([at % 256]) * 3_000_000)
    if at == 1:
        print("begun", flush=True)
"""


def test_a_writer_that_is_killed_leaves_a_whole_file() -> None:
    """At whatever instant: the file is one that some writer has finished. Two of them write at once."""
    chance = random.Random(5)  # noqa: S311 - instants, no secrets
    folder = CacheFolder("some", most_bytes=1 << 26, most_files=10)
    for _ in range(8):
        writers = [
            subprocess.Popen([sys.executable, "-P", "-c", WRITER], stdout=subprocess.PIPE, env=dict(os.environ))
            for _ in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        time.sleep(chance.random() / 20)
        seen = folder.read("one")
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.communicate()

        for data in (seen, folder.read("one")):
            assert data is not None
            assert 3_000_000 == len(data)
            assert 1 == len(set(data))


def test_a_cache_that_cannot_be_written_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What should be its folder is a file."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    source = MemorySource(shop.in_memory())

    assert process(source, shop.ROOT) == process(source, shop.ROOT)


def test_the_cache_is_bounded(cache: Path) -> None:
    """What was not read for longest goes; what is larger than all of it is not written."""
    folder = CacheFolder("some", most_bytes=1000, most_files=3)
    for at in range(5):
        folder.write(str(at), b"x" * 100)
        os.utime(cache / "driftline" / "some" / str(at), ns=(at, at))
    folder.read("2")  # it was last read long ago, and now is
    folder.write("5", b"x" * 100)
    folder.write("6", b"x" * 2000)

    assert ["2", "4", "5"] == [file.name for file in files_of(cache)]
