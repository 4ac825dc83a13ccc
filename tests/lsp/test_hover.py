"""Hover: the card of a table or a column, wherever its name is written, with its history."""

from __future__ import annotations

from lsprotocol import types

from tests.lsp.capabilities import neovim, plain
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.lsp.shop import SECOND_REVISION, Shop


def card(hover: types.Hover | None) -> str:
    """The Markdown of a hover."""
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert types.MarkupKind.Markdown == hover.contents.kind
    return hover.contents.value


async def ready(start: Start, shop: Shop, capabilities: types.ClientCapabilities | None = None) -> Editor:
    """An editor on the shop, with a second revision, and both kinds of files open."""
    (shop.versions / "0002_check.py").write_text(SECOND_REVISION, encoding="utf-8")
    editor = await start(capabilities or neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.open(shop.first)
    await editor.settle(shop.orders)
    return editor


async def test_a_model_field(start: Start, shop: Shop, capabilities: types.ClientCapabilities) -> None:
    """What is declared, what is migrated, what is wrong, and the revision that made it, linked to its line."""
    editor = await ready(start, shop, capabilities)
    hover = await editor.hover(shop.orders, "user_id")
    text = card(hover)
    line = editor.position(shop.first, editor.text(shop.first).index('op.create_table(\n        "orders"')).line + 1

    assert "orders.user_id" in text
    assert "INTEGER" in text
    assert "users.id" in text
    assert f"{shop.first.as_uri()}#L{line}" in text
    assert "0001" in text
    assert hover is not None
    assert hover.range is not None
    assert editor.under(shop.orders, hover.range).startswith("user_id")


async def test_a_class_name(start: Start, shop: Shop) -> None:
    """The table's card, with all of its history."""
    editor = await ready(start, shop)
    hover = await editor.hover(shop.orders, "Order", within="class Order")
    text = card(hover)

    assert "`orders`" in text
    assert ("0001" in text, "0002" in text) == (True, True)
    assert hover is not None
    assert hover.range is not None
    assert "Order" == editor.under(shop.orders, hover.range)


async def test_a_column_name_in_a_migration(start: Start, shop: Shop, capabilities: types.ClientCapabilities) -> None:
    """The same card as on the model's field, and what the diagnostic says there."""
    editor = await ready(start, shop, capabilities)
    in_model = card(await editor.hover(shop.orders, "user_id"))
    hover = await editor.hover(shop.first, '"user_id"')
    in_migration = card(hover)
    said = [line for line in in_migration.splitlines() if "`extra-foreign-key`" in line]

    assert len(said) == 1
    assert in_model == in_migration.replace(f"\n\n{said[0]}", "")
    assert hover is not None
    assert hover.range is not None
    assert '"user_id"' == editor.under(shop.first, hover.range)


async def test_a_table_name_in_a_migration(start: Start, shop: Shop) -> None:
    """The same card as on the model's class."""
    editor = await ready(start, shop)
    in_model = card(await editor.hover(shop.orders, "Order", within="class Order"))
    hover = await editor.hover(shop.first, '"orders"')

    assert in_model == card(hover)


async def test_what_is_no_table_and_no_column(start: Start, shop: Shop) -> None:
    """An import, a keyword and an empty file have no card."""
    editor = await ready(start, shop)
    empty = shop.folder / "shop" / "__init__.py"
    await editor.open(empty, "")

    assert None is await editor.hover(shop.orders, "sqlalchemy")
    assert None is await editor.hover(shop.first, "import")
    assert None is await editor.asked(
        editor.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(empty.as_uri()), types.Position(0, 0))
        )
    )


async def test_positions_beyond_the_text_are_no_error(start: Start, shop: Shop) -> None:
    """A client may be a keystroke ahead, or behind."""
    editor = await ready(start, shop)
    for where in (types.Position(0, 10_000), types.Position(10_000, 0), types.Position(10_000, 10_000)):
        params = types.HoverParams(types.TextDocumentIdentifier(shop.orders.as_uri()), where)
        assert None is await editor.asked(editor.text_document_hover_async(params))


async def test_the_card_of_an_unsaved_field(start: Start, shop: Shop) -> None:
    """A field is found where it stands in the text of that moment, a keystroke after the last analysis."""
    editor = await ready(start, shop)
    editor.change(shop.orders, ("class Order", "# one more line\n\n\nclass Order"))
    hover = await editor.hover(shop.orders, "state", within="    state: Mapped")

    assert "orders.state" in card(hover)


async def test_who_renders_no_markdown_is_shown_text(start: Start, shop: Shop) -> None:
    """No signs that are meant for a renderer, and a link is the file and the line that it leads to."""
    editor = await ready(start, shop, plain())
    hover = await editor.hover(shop.orders, "user_id")
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    text = hover.contents.value
    line = editor.position(shop.first, editor.text(shop.first).index('op.create_table(\n        "orders"')).line + 1

    assert types.MarkupKind.PlainText == hover.contents.kind
    assert text.startswith("orders.user_id · column of Order\n")
    assert f"- 0001 (0001_first.py:{line}) create table orders" in text
    assert [] == [sign for sign in ("**", "`", "](", "file:") if sign in text]
