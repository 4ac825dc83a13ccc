"""What happens on disk behind the editor's back: other programs, `git checkout`, renames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lsp.capabilities import neovim, vscode
from tests.lsp.conftest import Start
from tests.lsp.editor import rules
from tests.lsp.shop import RULES, SECOND_REVISION, Shop

if TYPE_CHECKING:
    from lsprotocol import types


async def test_who_can_watch_files_is_asked_to(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """All files that an answer can depend on are watched; an editor that cannot watch is not asked."""
    editor = await start(capabilities, [shop.folder])
    await editor.open(shop.users)
    await editor.settle(shop.orders)
    watched = capabilities.workspace and capabilities.workspace.did_change_watched_files
    can = bool(watched and watched.dynamic_registration)
    if can:
        await editor.until("the registration", lambda: editor.registrations)

    files = [shop.orders, shop.first, shop.ini, shop.folder / "pyproject.toml", shop.folder / "driftline.toml"]

    assert [can] * len(files) == [editor.watches(path) for path in files]
    assert not editor.watches(shop.folder / "README.md")


async def test_an_outside_write_is_noticed_at_once_where_files_are_watched(start: Start, shop: Shop) -> None:
    """A revision that another program writes counts without a keystroke; so does its deletion."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    revision = shop.versions / "0002_check.py"
    await editor.until("the registration", lambda: editor.watches(revision))
    assert RULES == await editor.rules(shop.orders)

    editor.write(revision, SECOND_REVISION)
    written = await editor.rules(shop.orders)
    editor.delete(revision)
    deleted = await editor.rules(shop.orders)

    assert ["extra-foreign-key"] == written
    assert RULES == deleted


async def test_a_folder_that_goes_or_moves_is_noticed(start: Start, shop: Shop) -> None:
    """An editor tells of a folder as of one thing: what was in it is gone, or elsewhere, all the same."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    await editor.until("the registration", lambda: editor.watches(shop.orders))
    assert RULES == await editor.rules(shop.orders)
    migrations = shop.folder / "migrations"

    editor.move_folder(shop.versions, migrations / "elsewhere")
    moved = await editor.rules(shop.orders)
    editor.move_folder(migrations / "elsewhere", shop.versions)
    back = await editor.rules(shop.orders)
    editor.delete_folder(migrations)
    gone = await editor.rules(shop.orders)

    assert "missing-table" in moved
    assert RULES == back
    assert [] == gone


async def test_what_comes_and_goes_all_the_time_is_no_reason_to_look(start: Start, shop: Shop) -> None:
    """Git's files, Python's caches and files of other kinds lead to no new result."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    await editor.until("the registration", lambda: editor.watches(shop.orders))
    await editor.rules(shop.orders)
    await editor.until("the first refresh", lambda: editor.diagnostic_refresh_count)
    before = editor.diagnostic_refresh_count
    other = shop.folder / "notes.txt"
    editor.write(other, "x")
    editor.delete(other)
    for name in (".git", "shop/__pycache__"):
        (shop.folder / name).mkdir()
        editor.write(shop.folder / name / "HEAD", "x")
        editor.delete_folder(shop.folder / name)
    # What these could have led to has come when this has come.
    editor.write(shop.versions / "0002_check.py", SECOND_REVISION)
    await editor.until("the refresh of the revision", lambda: editor.diagnostic_refresh_count > before)
    await editor.rules(shop.orders)

    assert before + 1 == editor.diagnostic_refresh_count


async def test_an_outside_write_is_noticed_on_save_where_they_are_not(start: Start, shop: Shop) -> None:
    """An editor that watches nothing finds out as soon as its user saves any file."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.users)
    await editor.until("the first set", lambda: rules(editor.shown(shop.orders)) == RULES)
    revision = shop.versions / "0002_check.py"

    editor.write(revision, SECOND_REVISION)
    editor.save(shop.users)
    await editor.until("one finding less", lambda: rules(editor.shown(shop.orders)) == ["extra-foreign-key"])
    editor.delete(revision)
    editor.save(shop.users)
    await editor.until("both again", lambda: rules(editor.shown(shop.orders)) == RULES)


async def test_a_checkout_of_another_branch(start: Start, shop: Shop) -> None:
    """Many files at once, the same size and the same second: what counts is what they say now."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.users)
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)
    editor.close(shop.orders)
    text = editor.text(shop.orders)

    # Of the same length: neither the size nor, within a tick of the clock, the time of the file tells.
    editor.write(shop.orders, text.replace("user_id", "usee_id"))
    editor.write(shop.first, editor.text(shop.first).replace('"user_id"', '"usee_id"'))
    editor.write(shop.versions / "0002_check.py", SECOND_REVISION)
    editor.save(shop.users)
    await editor.open(shop.orders)
    (one,) = [one for one in await editor.findings(shop.orders) if not (one.data or {}).get("mirror")]

    assert "extra-foreign-key" == one.code
    assert "usee_id" in one.message
    assert editor.under(shop.orders, one.range).startswith("usee_id")


async def test_what_is_open_counts_more_than_what_is_on_disk(start: Start, shop: Shop) -> None:
    """A file that is open and unsaved is what the editor says, whatever another program writes to it."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.users)
    editor.change(shop.orders, ("__table_args__", "_no_args"))
    assert ["extra-foreign-key"] == await editor.rules(shop.orders)

    editor.write(shop.orders, "# nothing\n")
    editor.save(shop.users)

    assert ["extra-foreign-key"] == await editor.rules(shop.orders)


async def test_the_configuration_of_alembic_changes(start: Start, shop: Shop) -> None:
    """A version folder that is moved, with alembic.ini, moves the findings' other halves."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.users)
    assert RULES == await editor.rules(shop.orders)

    moved = shop.folder / "elsewhere" / "0001_first.py"
    moved.parent.mkdir()
    editor.write(moved, editor.text(shop.first))
    editor.delete(shop.first)
    editor.write(shop.ini, editor.text(shop.ini) + "version_locations = %(here)s/elsewhere\n")
    editor.save(shop.users)
    (one,) = [one for one in await editor.findings(shop.orders) if one.code == "extra-foreign-key"]

    assert {moved.as_uri()} == {half.location.uri for half in one.related_information or ()}
