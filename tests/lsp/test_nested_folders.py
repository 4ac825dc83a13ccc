"""Folders within folders, and projects that reach from one open folder into another: each thing is shown once."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.lsp.capabilities import neovim
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor, rules
from tests.lsp.shop import RULES, Shop

WITHOUT_CHECK = ("    __table_args__", "    _no_args")
"""An edit of the models after which nothing is wrong with the CHECK."""


def folders_change(editor: Editor, *, added: tuple[Path, ...] = (), removed: tuple[Path, ...] = ()) -> None:
    """Add folders to what is open, or take some away."""
    change = types.WorkspaceFoldersChangeEvent(
        added=[types.WorkspaceFolder(one.as_uri(), one.name) for one in added],
        removed=[types.WorkspaceFolder(one.as_uri(), one.name) for one in removed],
    )
    editor.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))


async def everything(editor: Editor, shop: Shop) -> list[str]:
    """The rules of a file's diagnostics, once all folders have come to rest; all of them, also where two are alike."""
    await editor.settle(shop.orders)
    return rules(await editor.findings(shop.orders))


async def test_a_folder_within_another(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """A project in two open folders is the inner one's; its findings stay when either of them is closed."""
    outer = shop.folder.parent
    editor = await start(either_way, [outer, shop.folder])
    await editor.open(shop.orders)
    said = [await everything(editor, shop)]
    for change in ({"removed": (shop.folder,)}, {"added": (shop.folder,)}, {"removed": (outer,)}):
        folders_change(editor, **change)
        said.append(await everything(editor, shop))

    assert [RULES] * 4 == said


async def test_a_folder_within_another_is_sent_once(start: Start, shop: Shop) -> None:
    """One set of diagnostics for an opened file, one for an edit of it, and one report in the log."""
    editor = await start(neovim(), [shop.folder.parent, shop.folder])
    await editor.open(shop.orders)
    await editor.settle(shop.orders)
    editor.change(shop.orders, WITHOUT_CHECK)
    await editor.settle(shop.orders)
    logged = [one.message for method, one in editor.sent if method == types.WINDOW_LOG_MESSAGE]

    assert [RULES, ["extra-foreign-key"]] == [rules(one.diagnostics) for one in editor.published(shop.orders)]
    assert 1 == sum("postgresql" in one for one in logged), logged


async def test_a_project_around_an_open_folder(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """The models' folder is open, too, as one of its own: what is around it is told of it, and answers in it."""
    editor = await start(either_way, [shop.folder, shop.orders.parent])
    await editor.open(shop.orders)
    before = await everything(editor, shop)
    hover = await editor.hover(shop.orders, "user_id")
    (missing,) = [one for one in await editor.findings(shop.orders) if one.code == "missing-check"]
    actions = await editor.actions(shop.orders, missing.range)
    editor.change(shop.orders, WITHOUT_CHECK)

    assert RULES == before
    assert hover is not None
    assert actions
    assert ["extra-foreign-key"] == await everything(editor, shop)


async def test_a_project_in_two_open_folders(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """Migrations and models are open, each by itself: an edit of the models is one of the migrations' project."""
    migrations = shop.folder / "migrations"
    ini = shop.ini.read_text(encoding="utf-8").replace("%(here)s/migrations", "%(here)s")
    (migrations / "alembic.ini").write_text(ini.replace("path = %(here)s", "path = %(here)s/.."), encoding="utf-8")
    shop.ini.unlink()
    editor = await start(either_way, [shop.orders.parent, migrations])
    await editor.open(shop.orders)
    before = await everything(editor, shop)
    hover = await editor.hover(shop.orders, "user_id")
    editor.change(shop.orders, WITHOUT_CHECK)
    after = await everything(editor, shop)
    editor.change(shop.orders, (WITHOUT_CHECK[1], WITHOUT_CHECK[0]))
    (missing,) = [one for one in await editor.findings(shop.orders) if one.code == "missing-check"]
    (take,) = [one for one in await editor.actions(shop.orders, missing.range) if one.title.startswith("Take CHECK")]
    await editor.choose(take)

    assert (RULES, ["extra-foreign-key"]) == (before, after)
    assert hover is not None
    assert ["extra-foreign-key"] == await everything(editor, shop)


async def test_what_two_folders_say_of_one_file(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """Two projects use the same models: of a file, what either of them says is shown, and what both say once."""
    second = shop.folder / "inner"
    for name in ("alembic.ini", "migrations/env.py", "migrations/script.py.mako", "migrations/versions/0001_first.py"):
        text = (shop.folder / name).read_text(encoding="utf-8")
        (second / name).parent.mkdir(parents=True, exist_ok=True)
        (second / name).write_text(
            text.replace("prepend_sys_path = %(here)s", "prepend_sys_path = %(here)s/..").replace(
                '"fk_orders_user_id"', '"fk_other"'
            ),
            encoding="utf-8",
        )
    editor = await start(either_way, [shop.folder, second])
    await editor.open(shop.orders)
    await editor.settle(shop.orders)
    said = [one.message for one in await editor.findings(shop.orders)]

    assert 1 == sum("fk_orders_user_id" in one for one in said), said
    assert 1 == sum("fk_other" in one for one in said), said
    folders_change(editor, removed=(second,))
    said = [one.message for one in await editor.findings(shop.orders)]
    assert 1 == sum("fk_orders_user_id" in one for one in said), said
