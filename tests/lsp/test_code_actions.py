"""Quick fixes: cheap to list, built when chosen, applied by the editor and never by the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lsprotocol import types

from tests.lsp.capabilities import emacs, neovim, plain, vscode
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.lsp.shop import Shop

FIXED = re.compile(r'ForeignKey\(\s*"users\.id",\s*ondelete="CASCADE"\s*\)')


INSERT = "Add ForeignKey"
SCAFFOLD = "Create a revision that adds"
ALL_DRIFT = "Create migration for all drift"


async def action_for(editor: Editor, path: Path, rule: str, title: str) -> types.CodeAction:
    """The quick fix for the finding of a rule whose title begins so."""
    (one,) = [one for one in await editor.findings(path) if one.code == rule]
    actions = await editor.actions(path, one.range, diagnostics=[one])
    (action,) = [action for action in actions if action.title.startswith(title)]
    return action


def unannounced(path: Path, text: str) -> None:
    """Write a file as another program does, of which the server is not told."""
    path.write_text(text, encoding="utf-8")


async def test_the_missing_foreign_key_is_inserted(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """The field gets it, with its import, in every editor, and the finding goes."""
    editor = await start(capabilities, [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    await editor.choose(action)

    text = editor.text(shop.orders)

    assert "ForeignKey" in action.title
    assert action.is_preferred
    assert types.CodeActionKind.QuickFix == action.kind
    assert ["extra-foreign-key"] == [one.code for one in action.diagnostics or ()]
    assert FIXED.search(text)
    assert re.search(r"from sqlalchemy import .*\bForeignKey\b", text)
    assert ["missing-check"] == await editor.rules(shop.orders)


async def test_a_migration_is_scaffolded(start: Start, shop: Shop) -> None:
    """A new file at the head, from the project's own template, with upgrade and downgrade; the finding goes with it."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "missing-check", SCAFFOLD)
    resolved = await editor.resolve(action)
    assert resolved.edit is not None
    created, _ = resolved.edit.document_changes or ()
    touched = editor.apply(resolved.edit)
    text = editor.text(touched[0])

    assert isinstance(created, types.CreateFile)
    assert created.options is not None
    assert (False, False) == (bool(created.options.overwrite), bool(created.options.ignore_if_exists))
    assert {shop.versions} == {path.parent for path in touched}
    assert "down_revision = '0001'" in text
    assert re.search(r"op\.create_check_constraint\(\s*op\.f\(.ck_orders_state.\)", text)
    assert re.search(r"op\.drop_constraint\(\s*op\.f\(.ck_orders_state.\), .orders., type_=.check.\)", text)
    assert ["extra-foreign-key"] == await editor.rules(shop.orders)
    assert not action.is_preferred


async def test_listing_builds_nothing(start: Start, shop: Shop) -> None:
    """The list has titles only; the project's template, which is code, is rendered when the user has chosen it."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    (one,) = [one for one in await editor.findings(shop.orders) if one.code == "missing-check"]
    # As VS Code asks: from the light bulb, from the Problems panel, and with the cursor alone.
    listed = [
        action
        for actions in (
            await editor.actions(shop.orders, one.range, only=["quickfix"], diagnostics=[one]),
            await editor.actions(shop.orders, one.range, diagnostics=[one]),
            await editor.actions(shop.orders, one.range),
            await editor.actions(shop.orders, types.Range(one.range.start, one.range.start)),
        )
        for action in actions
    ]
    before = list(shop.marks.iterdir())
    await editor.resolve(listed[0])

    titles = [(SCAFFOLD, "Take CHECK", ALL_DRIFT)[number % 3] for number in range(12)]
    assert [True] * 12 == [one.title.startswith(title) for one, title in zip(listed, titles, strict=True)]
    assert [None] * 12 == [action.edit for action in listed]
    assert [] == before
    assert ["template"] == [path.name for path in shop.marks.iterdir()]


async def test_other_kinds_are_not_offered(start: Start, shop: Shop) -> None:
    """Who asks for refactorings or source actions gets no quick fixes; who asks where nothing is wrong, none."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    (one,) = [one for one in await editor.findings(shop.orders) if one.code == "extra-foreign-key"]
    elsewhere = editor.text(shop.orders).index("id: Mapped")

    assert [] == await editor.actions(shop.orders, one.range, only=["refactor"])
    assert [] == await editor.actions(shop.orders, one.range, only=["source.organizeImports"])
    assert [] == await editor.actions(shop.orders, editor.range(shop.orders, elsewhere, elsewhere))


async def test_an_edit_knows_its_version(start: Start, shop: Shop) -> None:
    """Edits of an open document carry its version, so that an editor refuses them when its user was faster."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    editor.change(shop.orders, ("class Order", "class Order"))
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    resolved = await editor.resolve(action)
    assert resolved.edit is not None
    (change,) = resolved.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    editor.change(shop.orders, ("class Order", "class Order"))

    assert 2 == change.text_document.version
    with pytest.raises(AssertionError, match="another version"):
        editor.apply(resolved.edit)


async def test_a_fix_is_built_for_the_text_of_that_moment(start: Start, shop: Shop) -> None:
    """What was listed before an edit and is chosen after it lands where the field is now."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    editor.change(shop.orders, ("class Order", "# é😀\n# and another line\n\n\nclass Order"))
    await editor.choose(action)

    assert FIXED.search(editor.text(shop.orders))
    assert ["missing-check"] == await editor.rules(shop.orders)


async def test_a_fix_whose_reason_is_gone_does_nothing(start: Start, shop: Shop) -> None:
    """A menu that stood open while the user mended it by hand does no harm."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "missing-check", SCAFFOLD)
    editor.change(shop.orders, ("__table_args__", "_no_args"))
    text = editor.text(shop.orders)
    resolved = await editor.resolve(action)

    assert resolved.edit is None
    assert text == editor.text(shop.orders)


async def test_nobodys_file_is_overwritten(start: Start, shop: Shop) -> None:
    """Where a file of the new revision's name is there already, none is made, and what is in it stays."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "missing-check", SCAFFOLD)
    first = await editor.resolve(action)
    assert first.edit is not None
    (path, *_) = editor.apply(first.edit)
    editor.write(path, "# somebody's\n")
    again = await editor.resolve(action)
    touched = editor.apply(again.edit) if again.edit is not None else []

    assert path not in touched
    assert "# somebody's\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("known", [vscode, neovim])
async def test_a_file_that_came_behind_our_back_stays(
    start: Start, shop: Shop, known: Callable[[], types.ClientCapabilities]
) -> None:
    """Nobody said that it is there: neither it nor a file of its name is touched, though Neovim would empty it."""
    editor = await start(known(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "missing-check", SCAFFOLD)
    first = await editor.resolve(action)
    assert first.edit is not None
    (created, _) = first.edit.document_changes or ()
    assert isinstance(created, types.CreateFile)
    path = Path(urlsplit(created.uri).path)
    unannounced(path, "# somebody's\n")
    again = await editor.resolve(action)
    names = [one.uri for one in (again.edit and again.edit.document_changes) or () if isinstance(one, types.CreateFile)]

    assert created.uri not in names
    assert again.edit is not None or any("Nothing was changed" in one.message for one in editor.messages)


async def test_a_file_that_changed_behind_our_back_is_read_anew(start: Start, shop: Shop) -> None:
    """A fix chosen in the migration edits the model, which is not open: as it is now."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.first)
    text = shop.orders.read_text(encoding="utf-8")
    (one,) = [one for one in await editor.findings(shop.first) if one.code == "extra-foreign-key"]
    (action, *_) = [
        one for one in await editor.actions(shop.first, one.range, diagnostics=[one]) if one.title.startswith(INSERT)
    ]
    unannounced(shop.orders, "# é\n# and another line\n" + text)
    await editor.choose(action)
    mended = shop.orders.read_text(encoding="utf-8")

    compile(mended, "orders.py", "exec")
    assert mended.startswith("# é\n# and another line\n")
    assert FIXED.search(mended)


async def test_a_fix_that_a_file_behind_our_back_has_made_needless(start: Start, shop: Shop) -> None:
    """The heads are merged by now, and nobody has said so: no revision is rebased, though that was on the menu."""
    for name in ("aaaa", "bbbb"):
        text = f'revision = "{name}"\ndown_revision = "0001"\n\n\ndef upgrade():\n    pass\n'
        (shop.versions / f"{name}.py").write_text(text, encoding="utf-8")
    editor = await start(neovim(), [shop.folder])
    path = shop.versions / "bbbb.py"
    await editor.open(path)
    action = await action_for(editor, path, "multiple-heads", "Rebase bbbb")
    unannounced(shop.versions / "cccc.py", 'revision = "cccc"\ndown_revision = ("aaaa", "bbbb")\n')
    resolved = await editor.resolve(action)

    assert None is resolved.edit
    assert ["What this would mend is not there any more. Nothing was changed."] == [
        one.message for one in editor.messages
    ]
    assert [] == list(await editor.findings(path))


async def test_what_a_command_has_edited_is_looked_at(start: Start, shop: Shop) -> None:
    """Also where the client has not opened what it edited, and watches no files."""
    editor = await start(plain(), [shop.folder])
    await editor.open(shop.first)
    (one,) = [one for one in await editor.findings(shop.first) if one.code == "extra-foreign-key"]
    (action, *_) = [
        one for one in await editor.actions(shop.first, one.range, diagnostics=[one]) if one.title.startswith(INSERT)
    ]
    await editor.choose(action)

    assert FIXED.search(shop.orders.read_text(encoding="utf-8"))
    assert ["missing-check"] == [one.code for one in await editor.findings(shop.first)]


async def test_a_buffer_that_does_not_parse_is_left_alone(start: Start, shop: Shop) -> None:
    """What was last read of it is not what is there: no fix is made, and the user who chose one is told why."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    (whole,) = await editor.actions(shop.orders, editor.range(shop.orders, 0, 0), only=["source.fixAll"])
    editor.type(shop.orders, "x = (\n" + editor.text(shop.orders))
    edits = [(await editor.resolve(one)).edit for one in (whole, action)]

    assert [None, None] == edits
    assert ["orders.py"] == [one.message.split()[0] for one in editor.messages if "does not parse" in one.message]


async def test_an_edit_is_of_the_text_whose_version_it_names(start: Start, shop: Shop) -> None:
    """However the user's typing and the building of a fix meet."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    texts = {1: editor.text(shop.orders)}
    for number in range(2, 9):
        asked = asyncio.ensure_future(editor.resolve(action))
        await asyncio.sleep(0.004 * number)
        editor.change(shop.orders, ("class Order", "# one line more\n\n\nclass Order"))
        editor.change(shop.orders, ("from sqlalchemy import", "# é\nfrom sqlalchemy import"))
        texts[2 * number - 2], texts[2 * number - 1] = "", editor.text(shop.orders)
        edit = (await asked).edit
        if edit is None:
            continue
        (change,) = edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        text = texts[change.text_document.version or 0]
        if text:
            lines = text.splitlines()
            touched = {one.range.start.line for one in change.edits if isinstance(one, types.TextEdit)}
            assert next(at for at, line in enumerate(lines) if line.startswith("from sqlalchemy import")) in touched


async def test_a_client_that_cannot_resolve_is_sent_the_edit(start: Start, shop: Shop) -> None:
    """The action is a command then, and the edit comes as a request to apply it."""
    editor = await start(emacs(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    await editor.choose(action)

    assert (None, None) == (action.edit, action.data)
    assert action.command is not None
    assert "driftline.applyFix" == action.command.command
    assert [types.WORKSPACE_APPLY_EDIT] == [method for method, _ in editor.sent if method == types.WORKSPACE_APPLY_EDIT]
    assert FIXED.search(editor.text(shop.orders))


async def test_a_client_that_cannot_make_files_is_not_asked_to(start: Start, shop: Shop) -> None:
    """No revision is offered where no edit may make a file."""
    editor = await start(emacs(), [shop.folder])
    await editor.open(shop.orders)
    (one,) = [one for one in await editor.findings(shop.orders) if one.code == "missing-check"]

    titles = [action.title for action in await editor.actions(shop.orders, one.range, diagnostics=[one])]

    assert [] == [title for title in titles if "revision" in title]


async def test_a_client_of_the_first_days_gets_a_command_and_a_plain_edit(start: Start, shop: Shop) -> None:
    """Neither code action literals nor `documentChanges` nor new files are for who does not know them."""
    editor = await start(plain(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "extra-foreign-key", INSERT)
    await editor.choose(action)
    (edit,) = [params.edit for method, params in editor.sent if method == types.WORKSPACE_APPLY_EDIT]

    assert edit.document_changes is None
    assert [shop.orders.as_uri()] == list(edit.changes or {})
    assert FIXED.search(editor.text(shop.orders))


async def test_the_fix_of_a_model_can_be_chosen_from_its_migration(start: Start, shop: Shop) -> None:
    """The mirror in the revision offers the same cure, which edits the model though it is not open."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.first)
    mirrors = [one for one in await editor.findings(shop.first) if one.code == "extra-foreign-key"]
    (action,) = [
        action
        for one in mirrors
        for action in await editor.actions(shop.first, one.range, diagnostics=[one])
        if action.title.startswith(INSERT)
    ]
    await editor.choose(action)

    assert FIXED.search(shop.orders.read_text(encoding="utf-8"))


async def test_a_fix_keeps_the_files_line_ends(start: Start, shop: Shop) -> None:
    """In a file with CRLF every line ends with CRLF afterwards, and the edit lands where it belongs."""
    crlf = shop.orders.read_text(encoding="utf-8").replace("\n", "\r\n")
    shop.orders.write_bytes(crlf.encode())
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    await editor.choose(await action_for(editor, shop.orders, "extra-foreign-key", INSERT))
    text = editor.text(shop.orders)

    assert FIXED.search(text)
    assert text.count("\n") == text.count("\r\n")
    assert ["missing-check"] == await editor.rules(shop.orders)


async def test_a_migration_for_all_drift(start: Start, shop: Shop) -> None:
    """One revision closes every finding, in one action."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    assert len(await editor.rules(shop.orders)) > 1
    action = await action_for(editor, shop.orders, "missing-check", ALL_DRIFT)
    await editor.choose(action)

    assert [] == await editor.rules(shop.orders)
    assert types.CodeActionKind.QuickFix == action.kind
    assert not action.is_preferred


@pytest.mark.parametrize("capabilities", [vscode(), neovim()], ids=["vscode", "neovim"])
async def test_the_command_makes_that_migration(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """Editors have a command for it: it says which file was made, and afterwards that there is nothing to make."""
    editor = await start(capabilities, [shop.folder])
    await editor.open(shop.orders)
    await editor.findings(shop.orders)
    made = await editor.execute("driftline.createMigration", shop.orders.as_uri())

    assert isinstance(made, str)
    assert made.startswith(shop.versions.as_uri())
    assert [] == await editor.rules(shop.orders)
    assert None is await editor.execute("driftline.createMigration")


async def test_a_template_that_fails_is_told(start: Start, shop: Shop) -> None:
    """No revision is made in another frame: who has chosen the action, or the command, is shown why."""
    (shop.versions.parent / "script.py.mako").write_text("\n${nothing.like_it}", "utf-8")
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    action = await action_for(editor, shop.orders, "missing-check", SCAFFOLD)
    resolved = await editor.resolve(action)
    made = await editor.execute("driftline.createMigration", shop.orders.as_uri())

    assert (None, None) == (resolved.edit, made)
    assert 2 == sum("script.py.mako cannot be rendered (line 2): " in one.message for one in editor.messages)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'revision = "{name}"\ndown_revision = "0001"\n\n\ndef upgrade():\n    pass\n',
            "there are 2 heads. Merge them first, or run `driftline revision --head aaaa` or `",
        ),
        (
            'revision = "{name}"\ndown_revision = "gone"\n',
            "aaaa.py: revision `gone`, on which `aaaa` builds, is in no file.",
        ),
    ],
    ids=["heads", "gone"],
)
async def test_what_a_revision_would_follow_is_told(start: Start, shop: Shop, text: str, said: str) -> None:
    """Who asks for one in a history that has no one head is told what to do, and not that there is no drift."""
    for name in ("aaaa", "bbbb"):
        (shop.versions / f"{name}.py").write_text(text.replace("{name}", name), encoding="utf-8")
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)

    assert None is await editor.execute("driftline.createMigration", shop.orders.as_uri())
    assert said in editor.messages[-1].message


async def test_fix_all_makes_the_safe_fixes(start: Start, shop: Shop) -> None:
    """Editors that fix on save ask for a kind of its own, and get the safe fixes in one edit."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    (one, *_) = await editor.findings(shop.orders)
    none = await editor.actions(shop.orders, one.range, only=["source.organizeImports"])
    (action,) = await editor.actions(shop.orders, one.range, only=["source.fixAll"])
    await editor.choose(action)

    assert [] == none
    assert "source.fixAll.driftline" == action.kind
    assert FIXED.search(editor.text(shop.orders))
    assert ["missing-check"] == await editor.rules(shop.orders)
