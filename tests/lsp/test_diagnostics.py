"""Diagnostics: one set for each file, of the text as it is now, and none when there is no reason any more."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pygls import uris

from tests.lsp.capabilities import neovim, vscode
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor, rules
from tests.lsp.shop import RULES, SECOND_REVISION, Shop, make_shop


def of_rule(rule: str, diagnostics: list[types.Diagnostic] | tuple[types.Diagnostic, ...]) -> types.Diagnostic:
    """The one diagnostic of a rule that is not a mirror."""
    (one,) = [one for one in diagnostics if one.code == rule and not (one.data or {}).get("mirror")]
    return one


def shows_halves(capabilities: types.ClientCapabilities) -> bool:
    """Whether a client shows related information."""
    publish = capabilities.text_document and capabilities.text_document.publish_diagnostics
    return bool(publish and publish.related_information)


def read(path: str | None) -> str:
    """The text of a file of our own."""
    return Path(str(path)).read_text(encoding="utf-8")


async def test_opening_a_file_leads_to_exactly_one_set(start: Start, shop: Shop) -> None:
    """One set with all there is, also when the file is opened before the first index, and also when it is empty."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.users)
    await editor.until("a set for users.py", lambda: editor.published(shop.users))
    await editor.until("a set for orders.py", lambda: editor.published(shop.orders))
    # Whatever was still to come for them has come when a third file has its set.
    await editor.open(shop.first)
    await editor.until("a set for the revision", lambda: [one for one in editor.published(shop.first) if one.version])

    assert [(1, RULES)] == [(one.version, rules(one.diagnostics)) for one in editor.published(shop.orders)]
    assert [(1, [])] == [(one.version, rules(one.diagnostics)) for one in editor.published(shop.users)]


async def test_opening_a_file_again_leads_to_a_set_again(start: Start, shop: Shop) -> None:
    """A client that forgets a file's diagnostics with the file gets them again."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.until("a set", lambda: editor.published(shop.orders))
    editor.close(shop.orders)
    await editor.settle(shop.orders)
    before = len(editor.published(shop.orders))
    await editor.open(shop.orders)
    await editor.until("another set", lambda: len(editor.published(shop.orders)) > before)

    assert RULES == rules(editor.shown(shop.orders))


async def test_a_diagnostic_says_all_there_is_to_say(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """Source, rule, level, the rule's page, the place, and the other half's place."""
    editor = await start(capabilities, [shop.folder])
    await editor.open(shop.orders)

    one = of_rule("extra-foreign-key", list(await editor.findings(shop.orders)))
    assert one.code_description is not None
    page = uris.to_fs_path(one.code_description.href)
    halves = one.related_information or ()

    assert ("driftline", types.DiagnosticSeverity.Error) == (one.source, one.severity)
    assert editor.under(shop.orders, one.range).startswith("user_id")
    assert "extra-foreign-key" in read(page)
    assert "users" in one.message
    assert one.data
    if shows_halves(capabilities):
        assert {shop.first.as_uri()} == {half.location.uri for half in halves}
        assert "ForeignKeyConstraint" in editor.under(shop.first, halves[0].location.range)
        assert halves[0].message
    else:
        assert [] == list(halves)


async def test_files_that_are_not_open_are_concerned_too(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """What is wrong in the whole folder is shown, whichever file is open."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.users)
    await editor.settle(shop.orders)

    if editor.pulls:
        reports = {one.uri: one for one in (await editor.pull_all()).items}
        report = reports[shop.orders.as_uri()]
        assert isinstance(report, types.WorkspaceFullDocumentDiagnosticReport)
        found = report.items
    else:
        found = list(editor.shown(shop.orders))

    assert RULES == rules(found)


async def test_an_edit_in_one_file_changes_what_is_wrong_in_another(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """The foreign key goes from the migration's unsaved buffer, and the model is right; it comes back, and is wrong."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.first)
    assert RULES == await editor.rules(shop.orders)
    constraint = next(line + "\n" for line in editor.text(shop.first).splitlines() if "ForeignKeyConstraint" in line)

    editor.change(shop.first, (constraint, ""))
    gone = await editor.rules(shop.orders)
    editor.change(
        shop.first,
        (
            '        sa.PrimaryKeyConstraint("id", name="pk_orders")',
            f'{constraint}        sa.PrimaryKeyConstraint("id", name="pk_orders")',
        ),
    )
    back = await editor.rules(shop.orders)

    assert ["missing-check"] == gone
    assert RULES == back


async def test_changes_apply_in_order(start: Start, shop: Shop, either_way: types.ClientCapabilities) -> None:
    """Two changes that build on each other, in one notification and in two, give the text that the user sees."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    editor.change(
        shop.orders,
        ("class Order", "# a line\n# another\n\n\nclass Order"),
        ("# another\n\n\nclass Order", "# another\n# a third\n\n\nclass Order"),
        ("user_id: Mapped[int] = mapped_column()", "user_id: Mapped[int]"),
    )
    editor.change(shop.orders, ("user_id: Mapped[int]", "user_id: Mapped[int] = mapped_column(index=False)"))
    editor.change(shop.orders, ("# a line\n", ""))

    one = of_rule("extra-foreign-key", list(await editor.findings(shop.orders)))

    assert editor.under(shop.orders, one.range).startswith(
        "user_id: Mapped[int] = mapped_column(index=False)"[: len(editor.under(shop.orders, one.range))]
    )
    assert editor.position(shop.orders, editor.text(shop.orders).index("user_id")).line == one.range.start.line


async def test_a_change_is_shown_without_being_asked_for(start: Start, shop: Shop) -> None:
    """A client that is sent diagnostics gets new ones after a pause in the typing, for the text of that moment."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.until("the first set", lambda: editor.published(shop.orders))

    editor.change(shop.orders, ("__table_args__", "_no_args"))
    await editor.until("one finding less", lambda: rules(editor.shown(shop.orders)) == ["extra-foreign-key"])

    assert 2 == editor.published(shop.orders)[-1].version


async def test_a_client_that_pulls_is_told_to_pull_again(start: Start, shop: Shop) -> None:
    """What changed in another file reaches it by a refresh, and never by a push."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    first = await editor.pull(shop.orders)
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    unchanged = await editor.pull(shop.orders, first.result_id)
    before = editor.diagnostic_refresh_count
    editor.write(shop.versions / "0002_check.py", SECOND_REVISION)
    await editor.until("a refresh", lambda: editor.diagnostic_refresh_count > before)
    second = await editor.pull(shop.orders, first.result_id)
    assert isinstance(second, types.RelatedFullDocumentDiagnosticReport)

    assert isinstance(unchanged, types.RelatedUnchangedDocumentDiagnosticReport)
    assert unchanged.result_id == first.result_id
    assert (RULES, ["extra-foreign-key"]) == (rules(first.items), rules(second.items))
    assert second.result_id != first.result_id
    assert [] == editor.published(shop.orders)


async def test_a_client_that_pulls_everything_is_told_what_changed(start: Start, shop: Shop) -> None:
    """A workspace pull gives what is new in full, what is known as unchanged, and what is gone as empty."""
    editor = await start(vscode(), [shop.folder])
    first = {one.uri: one for one in (await editor.pull_all()).items}
    known = {Path(str(uris.to_fs_path(uri))): str(one.result_id) for uri, one in first.items()}
    again = {one.uri: one.kind for one in (await editor.pull_all(known)).items}
    editor.write(
        shop.orders,
        editor.text(shop.orders)
        .replace("mapped_column()", 'mapped_column(ForeignKey("users.id", ondelete="CASCADE"))')
        .replace("CheckConstraint, ", "CheckConstraint, ForeignKey, "),
    )
    editor.write(shop.versions / "0002_check.py", SECOND_REVISION)
    last = {one.uri: one for one in (await editor.pull_all(known)).items}

    assert shop.orders.as_uri() in first
    assert {"unchanged"} == set(again.values())
    report = last[shop.orders.as_uri()]
    assert isinstance(report, types.WorkspaceFullDocumentDiagnosticReport)
    assert [] == list(report.items)


async def test_a_file_that_does_not_parse_keeps_its_findings(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """In the midst of typing nothing vanishes and nothing new is invented; the findings stand where their text is."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)

    editor.change(shop.orders, ("class Order", "def broken(:\n\n\nclass Order"))
    broken = await editor.findings(shop.orders)
    places = [editor.under(shop.orders, one.range) for one in broken if one.code == "extra-foreign-key"]
    editor.change(shop.orders, ("def broken(:\n\n\n", ""))

    assert RULES == rules(broken)
    assert ["user_id"] == [place[: len("user_id")] for place in places]
    assert RULES == await editor.rules(shop.orders)


async def everything(editor: Editor, shop: Shop) -> dict[str, list[str]]:
    """All that is shown of all files, open or not, mirrors too: what it says, by the file's name."""
    if editor.pulls:
        reports = [one for one in (await editor.pull_all()).items if one.kind == "full"]
        found = {one.uri: one.items for one in reports}
    else:
        await editor.settle(shop.folder)
        sent = [one for method, one in editor.sent if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]
        found = {one.uri: one.diagnostics for one in sent}
    said = {uri: sorted(f"{one.code} {one.message}" for one in items) for uri, items in found.items()}
    return {Path(uri).name: sentences for uri, sentences in said.items() if sentences}


BREAKS = {"orders": ("    user_id:", "<<<<<<< HEAD\n    user_id:"), "first": ("op.create_table(", "op.create_table((")}


@pytest.mark.parametrize("name", list(BREAKS))
async def test_whichever_way_a_file_breaks_its_last_good_text_counts(
    start: Start, shop: Shop, either_way: types.ClientCapabilities, name: str
) -> None:
    """Broken by another program, opened so, typed so, saved so and closed: all is shown as before, and nothing else."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.users)
    path: Path = getattr(shop, name)
    good, bad = editor.text(path), editor.text(path).replace(*BREAKS[name], 1)
    expected = await everything(editor, shop)
    seen: dict[str, object] = {}

    async def look(how: str) -> None:
        editor.save(shop.users)  # an editor that watches nothing finds out so
        seen[how] = await everything(editor, shop)

    editor.write(path, bad)
    await look("closed, by another program")
    editor.write(path, bad.replace("<<<", "<<<<").replace("((", "((("))
    await look("and once more")
    await editor.open(path)
    await look("opened so")
    editor.close(path)
    await look("closed again")
    editor.write(path, good)
    await look("mended")
    await editor.open(path, bad)
    await look("opened with what was typed in another session")
    editor.retype(path, good)
    await look("mended by hand")
    editor.retype(path, bad)
    await look("typed")
    editor.save(path)
    editor.close(path)
    await look("saved and closed")

    assert "orders.py" in expected
    assert dict.fromkeys(seen, expected) == seen


async def test_a_broken_file_shows_its_findings_where_their_text_is_now(start: Start, shop: Shop) -> None:
    """The places of a closed file are those of the text that it has, not of the one that it had when it parsed."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.users)
    await editor.until("the findings", lambda: rules(editor.shown(shop.orders)) == RULES)

    editor.write(shop.orders, editor.text(shop.orders).replace("class Order", "<<<<<<< HEAD\n\n\n\nclass Order"))
    editor.save(shop.users)
    await editor.settle(shop.users)

    found = of_rule("extra-foreign-key", list(editor.shown(shop.orders)))
    assert editor.under(shop.orders, found.range).startswith("user_id")


async def test_a_file_that_is_deleted_counts_no_more(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """What broke, and then went, does not live on."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    editor.write(shop.versions / "0002_check.py", SECOND_REVISION)
    editor.save(shop.orders)
    assert ["extra-foreign-key"] == await editor.rules(shop.orders)
    editor.write(shop.versions / "0002_check.py", SECOND_REVISION.replace("op.create", "<<<<<<< op.create"))
    editor.save(shop.orders)
    broken = await editor.rules(shop.orders)
    editor.delete(shop.versions / "0002_check.py")
    editor.save(shop.orders)

    assert ["extra-foreign-key"] == broken
    assert RULES == await editor.rules(shop.orders)


async def test_a_migration_that_does_not_parse_accuses_nobody(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """While a revision is being typed, the models keep the findings that they had."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.first)
    assert RULES == await editor.rules(shop.orders)

    editor.change(shop.first, ('op.create_table(\n        "orders"', 'op.create_table((\n        "orders"'))

    assert RULES == await editor.rules(shop.orders)
    assert [] == await editor.rules(shop.users)


async def test_rapid_changes_end_in_the_right_place(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """A hundred keystrokes, half of them through broken texts, end with what the final text deserves."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    addition = '    note: Mapped[str | None] = mapped_column(String(20), comment="é😀")\n    # the end'
    editor.type(shop.orders, addition)
    final = await editor.findings(shop.orders)

    assert editor.text(shop.orders).endswith(addition)
    assert sorted([*RULES, "missing-column"]) == rules(final)
    assert editor.under(shop.orders, of_rule("missing-column", list(final)).range).startswith("note")


async def test_nothing_is_worked_out_for_each_keystroke(start: Start, shop: Shop) -> None:
    """A burst of a hundred keystrokes that each change what is wrong leads to a few sets, the last of them right."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.until("the first set", lambda: editor.published(shop.orders))
    before = len(editor.published(shop.orders))
    for number in range(101):
        editor.change(shop.orders, ("_no_args", "__table_args__") if number % 2 else ("__table_args__", "_no_args"))
    last = editor.buffers[shop.orders].version
    await editor.until("the last set", lambda: editor.published(shop.orders)[-1].version == last)

    assert len(editor.published(shop.orders)) - before < 50


async def test_pulling_at_each_keystroke_waits_for_the_pause(start: Start, shop: Shop) -> None:
    """As VS Code does it: each pull is overtaken by the next keystroke; they cost one run, not one each."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    assert RULES == await editor.rules(shop.orders)
    await editor.until("the first refresh", lambda: editor.diagnostic_refresh_count)
    before = editor.diagnostic_refresh_count
    pulls = []
    for number in range(101):
        editor.change(shop.orders, ("_no_args", "__table_args__") if number % 2 else ("__table_args__", "_no_args"))
        pulls.append(asyncio.ensure_future(editor.pull(shop.orders)))
        await asyncio.sleep(0)
    reports = await asyncio.gather(*pulls)
    last = reports[-1]
    assert isinstance(last, types.RelatedFullDocumentDiagnosticReport)

    assert ["extra-foreign-key"] == rules(last.items)
    assert editor.diagnostic_refresh_count - before < 25


async def test_closing_an_unsaved_file_forgets_what_was_typed(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """What counts after closing is what is on disk."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.first)
    constraint = next(line + "\n" for line in editor.text(shop.first).splitlines() if "ForeignKeyConstraint" in line)
    editor.change(shop.first, (constraint, ""))
    assert ["missing-check"] == await editor.rules(shop.orders)
    editor.close(shop.first)

    assert RULES == await editor.rules(shop.orders)


async def test_nothing_is_left_of_a_deleted_file(
    start: Start, shop: Shop, capabilities: types.ClientCapabilities
) -> None:
    """A model that is deleted behind the editor's back leaves no findings, neither on it nor on its migration."""
    editor = await start(capabilities, [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.users)
    assert RULES == await editor.rules(shop.orders)
    editor.close(shop.orders)
    known = await pulled(editor)
    editor.write(
        shop.folder / "migrations" / "env.py",
        (shop.folder / "migrations" / "env.py").read_text(encoding="utf-8").replace("orders, ", ""),
    )
    editor.delete(shop.orders)
    editor.save(shop.users)
    await editor.settle(shop.orders)

    if editor.pulls:
        reports = {one.uri: one for one in (await editor.pull_all(known)).items}
        report = reports[shop.orders.as_uri()]
        assert isinstance(report, types.WorkspaceFullDocumentDiagnosticReport)
        left = report.items
    else:
        left = list(editor.shown(shop.orders))

    assert [] == list(left)


async def pulled(editor: Editor) -> dict[Path, str]:
    """What a client that pulls everything knows; nothing for the others."""
    if not editor.pulls:
        return {}
    items = (await editor.pull_all()).items
    return {Path(str(uris.to_fs_path(one.uri))): str(one.result_id) for one in items}


async def test_several_folders(start: Start, shop: Shop, tmp_path: Path, either_way: types.ClientCapabilities) -> None:
    """Each folder has its own findings; one that is added gets them, one that is removed takes them along."""
    other = make_shop(tmp_path / "other")
    other.orders.write_text(
        other.orders.read_text(encoding="utf-8").replace("__table_args__", "_no_args"), encoding="utf-8"
    )
    third = make_shop(tmp_path / "third")
    editor = await start(either_way, [shop.folder, other.folder])
    await editor.open(shop.orders)
    await editor.open(other.orders)
    both = (await editor.rules(shop.orders), await editor.rules(other.orders))

    editor.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(
            types.WorkspaceFoldersChangeEvent(
                added=[types.WorkspaceFolder(third.folder.as_uri(), "third")],
                removed=[types.WorkspaceFolder(other.folder.as_uri(), "other")],
            )
        )
    )
    await editor.open(third.orders)
    await editor.audit(third.folder)
    added = (
        rules(await editor.findings(third.orders))
        if editor.pulls
        else rules(await editor.until("the third", lambda: editor.shown(third.orders)))
    )
    if not editor.pulls:
        await editor.until("the second to be taken back", lambda: not editor.shown(other.orders))

    assert (RULES, ["extra-foreign-key"]) == both
    assert RULES == added
    assert RULES == await editor.rules(shop.orders)


async def test_the_audit_is_of_what_is_open_right_now(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """`driftline.audit` gives Markdown, of unsaved changes too."""
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    before = await editor.audit(shop.folder)
    editor.change(
        shop.orders,
        ("import CheckConstraint", "import ForeignKey"),
        ("__table_args__", "_no_args"),
        ("(CheckConstraint(\"state IN ('new', 'paid')\", name=\"state\"),)", "()"),
        ("mapped_column()", 'mapped_column(ForeignKey("users.id", ondelete="CASCADE"))'),
    )
    after = await editor.audit(None)

    assert before.startswith("# ")
    assert "INCONSISTENT" in before
    assert "INCONSISTENT" not in after
    assert "CONSISTENT" in after


async def test_an_audit_that_names_no_folder_is_of_all(
    start: Start, shop: Shop, tmp_path: Path, capabilities: types.ClientCapabilities
) -> None:
    """A client may leave the arguments out, send none or a null; a file or folder within one stands for its folder."""
    other = make_shop(tmp_path / "other")
    other.orders.write_text(other.orders.read_text(encoding="utf-8").replace("class Order", "class Purchase"))
    editor = await start(capabilities, [shop.folder, other.folder])
    await editor.open(shop.orders)
    params = types.ExecuteCommandParams("driftline.audit")
    left_out = str(await editor.asked(editor.workspace_execute_command_async(params)))
    first, second = await editor.audit(shop.folder), await editor.audit(other.folder)

    assert left_out.count("# Driftline audit") == 2
    assert ("`Order`" in left_out, "`Purchase`" in left_out) == (True, True)
    assert ("`Purchase`" in first, "`Order`" in second) == (False, False)
    assert left_out == await editor.execute("driftline.audit")
    assert left_out == await editor.audit(None)
    assert second == await editor.audit(other.orders)
    assert second == await editor.audit(other.versions)
    assert "no such folder" in await editor.audit(tmp_path)


async def test_a_folder_with_an_awkward_name(
    start: Start, tmp_path: Path, either_way: types.ClientCapabilities
) -> None:
    """Spaces, percent signs, hashes, pluses and accents in a path are characters like any other."""
    shop = make_shop(tmp_path / "mon café #1 %41 + [x] & y")
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    found = await editor.findings(shop.orders)
    halves = {half.location.uri for one in found for half in one.related_information or ()}

    assert RULES == rules(found)
    assert {shop.first.as_uri()} == halves


async def test_a_folder_without_alembic_has_nothing_to_say(
    start: Start, tmp_path: Path, either_way: types.ClientCapabilities
) -> None:
    """No finding, no error, and an audit that says what was looked for in vain."""
    path = tmp_path / "plain" / "main.py"
    path.parent.mkdir()
    path.write_text("from sqlalchemy import Column\n\nx = Column()\n", encoding="utf-8")
    editor = await start(either_way, [path.parent])
    await editor.open(path)

    assert [] == await editor.rules(path)
    assert None is await editor.hover(path, "Column")
    assert str(path.parent) in await editor.audit(path.parent)
    assert editor.messages == []


async def test_an_editors_own_settings_are_no_findings(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """What an extension needs for itself stands in the same section, and is passed over without a word."""
    editor = await start(either_way, [shop.folder], {"path": "/opt/driftline", "interpreter": "/opt/python"})
    await editor.open(shop.orders)
    await editor.settle(shop.orders)
    reported = (
        {one.uri for one in (await editor.pull_all()).items}
        if editor.pulls
        else {params.uri for method, params in editor.sent if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS}
    )

    assert {shop.orders.as_uri(), shop.first.as_uri()} == reported


async def test_the_edited_file_comes_first(start: Start, shop: Shop) -> None:
    """An edit of a model changes what a revision shows: it is open as well, its path is earlier, and it is later."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.users)
    await editor.open(shop.first)
    await editor.settle(shop.users)
    before = len(editor.sent)

    editor.change(shop.users, ('__tablename__ = "users"', '__tablename__ = "people"'))
    await editor.settle(shop.users)

    sent = [_place(one, shop) for method, one in editor.sent[before:] if method == "textDocument/publishDiagnostics"]
    assert ["shop/users.py", "migrations/versions/0001_first.py"] == sent


def _place(one: types.PublishDiagnosticsParams, shop: Shop) -> str:
    return one.uri.removeprefix(shop.folder.as_uri() + "/")


async def test_who_pulls_is_not_told_to_ask_again_for_nothing(start: Start, shop: Shop) -> None:
    """A save without a change shows nothing new, nor does a comment behind all; one before it moves what is shown."""
    editor = await start(vscode(), [shop.folder])
    await editor.open(shop.orders)
    await editor.settle(shop.orders)
    await editor.findings(shop.orders)
    before = editor.diagnostic_refresh_count

    editor.save(shop.orders)
    await editor.findings(shop.orders)  # not `settle`, which has the server look again and gives up the save's own run
    after_a_save = editor.diagnostic_refresh_count
    editor.type(shop.orders, "\n# why\n")
    await editor.settle(shop.orders)
    after_a_comment = editor.diagnostic_refresh_count
    editor.change(shop.orders, ("    __table", "    # why\n    __table"))
    await editor.settle(shop.orders)
    await editor.until("a refresh", lambda: editor.diagnostic_refresh_count > after_a_comment)

    assert before == after_a_save == after_a_comment
