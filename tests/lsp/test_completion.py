"""Completion of settings, as every editor gets it."""

from __future__ import annotations

from lsprotocol import types

from tests.lsp.capabilities import vscode
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.lsp.shop import Shop


async def completed(editor: Editor, shop: Shop, name: str, text: str) -> list[types.CompletionItem]:
    """What is offered at the cursor in a settings file that is being written."""
    path, offset = shop.folder / name, text.index("$0")
    await editor.open(path, text.replace("$0", ""))
    where = types.CompletionParams(types.TextDocumentIdentifier(path.as_uri()), editor.position(path, offset))
    found = await editor.asked(editor.text_document_completion_async(where))
    assert isinstance(found, list)
    return found


async def test_it_replaces_what_is_written(start: Start, shop: Shop, capabilities: types.ClientCapabilities) -> None:
    """Quotes and all, in whatever the client counts in; and it is found by them."""
    editor = await start(capabilities, [shop.folder])

    found = await completed(editor, shop, "driftline.toml", '# é\nseverity = { "🐍" = "x", drift = "wa$0" }\n')

    (one,) = [one for one in found if one.label == "warning"]
    assert isinstance(one.text_edit, types.TextEdit)
    assert (one.text_edit.new_text, one.filter_text) == ('"warning"', '"warning"')
    assert editor.under(shop.folder / "driftline.toml", one.text_edit.range) == '"wa"'


async def test_settings_are_told_with_what_they_do(start: Start, shop: Shop) -> None:
    """In the order of the documentation."""
    editor = await start(vscode(), [shop.folder])

    found = await completed(editor, shop, "pyproject.toml", "[project]\nname = 'x'\n\n[tool.driftline]\n$0")

    assert [one.label for one in sorted(found, key=lambda one: one.sort_text or "")][:2] == ["select", "ignore"]
    assert all(isinstance(one.documentation, types.MarkupContent) for one in found)


async def test_python_is_left_to_others(start: Start, shop: Shop) -> None:
    """And so are other TOML files."""
    editor = await start(vscode(), [shop.folder])

    assert [] == await completed(editor, shop, "shop/new.py", "x = '$0'\n")
    assert [] == await completed(editor, shop, "Cargo.toml", "$0")


async def test_a_setting_that_is_wrong_is_a_problem_in_its_file(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """On its line, with the nearest right name; what held before holds until it is mended."""
    editor = await start(either_way, [shop.folder])
    settings = shop.folder / "driftline.toml"
    await editor.open(settings, 'ignore = ["missing-check"]\n')
    await editor.open(shop.orders)
    await editor.comes_to(shop.orders, ["extra-foreign-key"])

    editor.change(settings, ('["missing-check"]', '"missing-check"'))
    await editor.comes_to(settings, ["configuration"])
    (one,) = await editor.findings(settings)
    assert (one.message, one.range.start.line) == ("`ignore` must be a list of strings, not a string", 0)
    assert ["extra-foreign-key"] == await editor.rules(shop.orders)

    editor.change(settings, ('"missing-check"', '["missing-chekc"]\n#'))
    await editor.comes_to(settings, ["configuration"])
    (one,) = await editor.findings(settings)
    assert one.message == "There is no rule `missing-chekc`; did you mean `missing-check`?"
    assert ["extra-foreign-key"] == await editor.rules(shop.orders)

    editor.change(settings, ("missing-chekc", "extra-foreign-key"))
    await editor.comes_to(shop.orders, ["missing-check"])


async def test_what_is_wrong_with_the_clients_own_is_said_once(start: Start, shop: Shop) -> None:
    """There is no file to show it in."""
    editor = await start(vscode(), [shop.folder], {"ignroe": ["drift"]})
    await editor.open(shop.orders)
    await editor.findings(shop.orders)
    editor.save(shop.orders)
    await editor.findings(shop.orders)

    said = [one.message for one in editor.messages if "settings" in one.message]
    assert said == ["Driftline's settings: `driftline.ignroe`: there is no setting `ignroe`; did you mean `ignore`?"]


async def test_what_the_baseline_knows_is_not_shown(
    start: Start, shop: Shop, either_way: types.ClientCapabilities
) -> None:
    """Nor are its fixes offered; a baseline that is broken is a problem in its file."""
    baseline = shop.folder / "driftline-baseline.json"
    baseline.write_text(
        '{"driftline-baseline": 1, "findings": [{"environment": "migrations", "rule": "extra-foreign-key",'
        ' "table": "orders", "object": "user_id"}]}',
        encoding="utf-8",
    )
    editor = await start(either_way, [shop.folder])
    await editor.open(shop.orders)
    assert ["missing-check"] == await editor.rules(shop.orders)

    editor.write(baseline, "{}")
    editor.save(shop.orders)

    await editor.comes_to(shop.orders, ["extra-foreign-key", "missing-check"])
    assert ["configuration"] == await editor.rules(baseline)
