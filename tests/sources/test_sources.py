"""Disk, memory and overlay answer the same questions alike, and no workspace makes them raise or run on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from driftline.sources.disk import DiskSource
from driftline.sources.memory import MemorySource
from driftline.sources.overlay import OverlaySource
from driftline.sources.source import FileText, Source, Unreadable

FILES = {
    "a.py": "x = 1\n",
    "pkg/__init__.py": "",
    "pkg/b.py": "y = 'é'\n",
    "pkg/inner/c.py": "z\r\n",
}


def on_disk(root: Path, files: dict[str, str]) -> DiskSource:
    """The files below `root`, on disk."""
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return DiskSource()


def in_memory(root: Path, files: dict[str, str]) -> MemorySource:
    """The same in memory."""
    return MemorySource({str(root / place): text for place, text in files.items()})


def overlaid(root: Path, files: dict[str, str]) -> OverlaySource:
    """The same, half of it in open buffers over a disk that has other texts or nothing there."""
    under = on_disk(root, {"a.py": "old\n", "pkg/b.py": files["pkg/b.py"]})
    return OverlaySource(under, {str(root / place): text for place, text in files.items() if place != "pkg/b.py"})


@pytest.mark.parametrize("make", [on_disk, in_memory, overlaid])
def test_every_source_answers_alike(make: object, tmp_path: Path) -> None:
    """Texts, kinds and listings are those of the files, whatever the source is."""
    source: Source = make(tmp_path, FILES)  # type: ignore[operator]
    root = str(tmp_path)
    read = {place: source.read(f"{root}/{place}") for place in FILES}

    assert {place: one.text for place, one in read.items() if isinstance(one, FileText)} == FILES
    assert source.list_dir(root) == ("a.py", "pkg")
    assert source.list_dir(root + "/pkg") == ("__init__.py", "b.py", "inner")
    assert source.list_dir(root + "/nothing") == ()
    assert source.list_dir(root + "/a.py") == ()
    for path, file, folder in (
        ("a.py", True, False),
        ("pkg", False, True),
        ("pkg/inner", False, True),
        ("pkg/inner/c.py", True, False),
        ("nothing", False, False),
        ("a.py/b", False, False),
    ):
        assert (source.is_file(f"{root}/{path}"), source.is_dir(f"{root}/{path}")) == (file, folder), path
    assert isinstance(source.read(f"{root}/nothing.py"), Unreadable)
    assert isinstance(source.read(f"{root}/pkg"), Unreadable)


def test_the_disk_is_looked_at_once(tmp_path: Path) -> None:
    """A `DiskSource` is a snapshot: what changes afterwards is seen by the next one only."""
    path = tmp_path / "a.py"
    first = on_disk(tmp_path, {"a.py": "one\n"})
    before = first.read(str(path))
    listed = first.list_dir(str(tmp_path))
    path.write_text("two, and longer\n")
    (tmp_path / "b.py").write_text("")

    again, second = first.read(str(path)), DiskSource(previous=first)

    assert again is before
    assert (first.list_dir(str(tmp_path)), first.is_file(str(tmp_path / "b.py"))) == (listed, False)
    assert second.list_dir(str(tmp_path)) == ("a.py", "b.py")
    changed = second.read(str(path))
    assert isinstance(changed, FileText)
    assert changed.text == "two, and longer\n"


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next snapshot takes over the text of a file with the same size and times."""
    path = str(tmp_path / "a.py")
    first = on_disk(tmp_path, {"a.py": "one\n"})
    before = first.read(path)
    opened: list[str] = []
    monkeypatch.setattr("builtins.open", lambda name, *_: opened.append(name))

    after = DiskSource(previous=first).read(path)

    assert after is before
    assert opened == []


def test_links_in_circles_come_to_an_end(tmp_path: Path) -> None:
    """A link to a folder around it is not listed, also where two links lead to each other's folders."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "a").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "gone").symlink_to(tmp_path / "nothing")
    source = DiskSource()
    found, waiting = [], [str(tmp_path)]
    while waiting and len(found) < 100:
        folder = waiting.pop()
        found.append(folder.removeprefix(str(tmp_path)))
        waiting += [f"{folder}/{name}" for name in source.list_dir(folder) if source.is_dir(f"{folder}/{name}")]

    assert sorted(found) == ["", "/a", "/a/b", "/b", "/b/a"]


def test_a_link_to_a_folder_elsewhere_is_a_folder(tmp_path: Path) -> None:
    """A project may link to what lies outside of it."""
    (tmp_path / "elsewhere" / "pkg").mkdir(parents=True)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pkg").symlink_to(tmp_path / "elsewhere" / "pkg")
    source = DiskSource()

    assert source.list_dir(str(tmp_path / "project")) == ("pkg",)
    assert source.is_dir(str(tmp_path / "project" / "pkg"))


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever, and a device has no end."""
    os.mkfifo(tmp_path / "pipe.py")
    source = DiskSource()

    assert source.read(str(tmp_path / "pipe.py")) == Unreadable(str(tmp_path / "pipe.py"), "it is no regular file")
    assert source.read("/dev/zero") == Unreadable("/dev/zero", "it is no regular file")
    assert not source.is_file(str(tmp_path / "pipe.py"))
    assert source.list_dir(str(tmp_path)) == ("pipe.py",)


def test_a_name_that_no_file_can_have_is_unreadable() -> None:
    """A null byte in a name (a string from somebody's program) is no reason to raise."""
    source = DiskSource()

    assert isinstance(source.read("/p/\0.py"), Unreadable)
    assert not source.is_file("/p/\0.py")
    assert source.list_dir("/p/\0") == ()


def test_a_file_in_memory_that_goes_takes_its_empty_folders_along() -> None:
    """Folders in memory are there as long as something is in them, as in version control."""
    source = MemorySource({"/p/a/b/c.py": "", "/p/a/d.py": ""})

    source.delete("/p/a/b/c.py")
    source.rename("/p/a/d.py", "/p/e.py")

    assert (source.list_dir("/p"), source.is_dir("/p/a"), source.paths) == (("e.py",), False, ("/p/e.py",))


def test_a_buffer_without_its_byte_order_mark() -> None:
    """An editor may leave the mark in its text; offsets then count as on disk."""
    source = OverlaySource(MemorySource(), {"/p/a.py": "\ufeffx"})

    result = source.read("/p/a.py")

    assert isinstance(result, FileText)
    assert result.text == "x"
