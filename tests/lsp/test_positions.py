"""UTF-8, UTF-16 and UTF-32: whatever a client counts in, the same character is meant."""

from __future__ import annotations

import ast

import pytest
from lsprotocol import types

from tests.lsp.capabilities import vscode
from tests.lsp.conftest import Start
from tests.lsp.shop import Shop

ENCODINGS = [types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16, types.PositionEncodingKind.Utf32]

FIELD = "    user_id: Mapped[int] = mapped_column()\n"
WIDE = '    "é😀"; naïve = "😀é😀"; user_id: Mapped[int] = mapped_column(comment="ü😀"); "😀"\n'


@pytest.fixture(params=ENCODINGS, ids=lambda one: one.value)
def capabilities(request: pytest.FixtureRequest) -> types.ClientCapabilities:
    """VS Code, if it counted in that encoding."""
    capabilities = vscode()
    assert capabilities.general is not None
    capabilities.general.position_encodings = [request.param]
    return capabilities


@pytest.fixture
def wide(shop: Shop) -> Shop:
    """The shop with wide characters around and in the field, and lines that only Python's str.splitlines sees."""
    text = shop.orders.read_text(encoding="utf-8")
    assert FIELD in text
    separators = '    """A form feed \f, a \u2028 and a \x1c end no line here."""\n'
    text = text.replace(FIELD, separators + WIDE)
    shop.orders.write_text(text, encoding="utf-8")
    return shop


async def test_a_diagnostic_stands_on_its_field(
    start: Start, wide: Shop, capabilities: types.ClientCapabilities
) -> None:
    """Its range begins with the field's name, not some characters beside it."""
    editor = await start(capabilities, [wide.folder])
    await editor.open(wide.orders)

    (one,) = [one for one in await editor.findings(wide.orders) if one.code == "extra-foreign-key"]

    assert editor.under(wide.orders, one.range).startswith("user_id: Mapped[int]")


async def test_a_hover_finds_its_field(start: Start, wide: Shop, capabilities: types.ClientCapabilities) -> None:
    """A position in the middle of the field's name is in the middle of the field's name."""
    editor = await start(capabilities, [wide.folder])
    await editor.open(wide.orders)
    await editor.settle(wide.orders)

    hover = await editor.hover(wide.orders, "user_id", within="user_id: Mapped")
    beside = await editor.hover(wide.orders, "😀é😀")

    assert hover is not None
    assert hover.range is not None
    assert editor.under(wide.orders, hover.range).startswith("user_id")
    assert beside is None or "user_id" not in str(beside.contents)


async def test_an_incremental_change_behind_wide_characters(
    start: Start, wide: Shop, capabilities: types.ClientCapabilities
) -> None:
    """The server's text is the editor's, whatever stands before what was changed."""
    editor = await start(capabilities, [wide.folder])
    await editor.open(wide.orders)
    field, other = (
        'user_id: Mapped[int] = mapped_column(comment="ü😀")',
        "extra_é: Mapped[str] = mapped_column(String(3))",
    )
    editor.change(wide.orders, (field, other))
    without = await editor.rules(wide.orders)
    editor.change(wide.orders, (other, field))

    (one,) = [one for one in await editor.findings(wide.orders) if one.code == "extra-foreign-key"]

    assert "missing-column" in without
    assert editor.under(wide.orders, one.range).startswith("user_id: Mapped[int]")


async def test_a_fix_edits_the_right_characters(
    start: Start, wide: Shop, capabilities: types.ClientCapabilities
) -> None:
    """The foreign key goes into the call, and everything around it stays as it is."""
    editor = await start(capabilities, [wide.folder])
    await editor.open(wide.orders)
    (one,) = [one for one in await editor.findings(wide.orders) if one.code == "extra-foreign-key"]
    actions = await editor.actions(wide.orders, one.range, diagnostics=[one])
    (action,) = [action for action in actions if "ForeignKey" in action.title]
    await editor.choose(action)
    text = editor.text(wide.orders)
    before, _, after = WIDE.partition('mapped_column(comment="ü😀")')

    call = text[text.index(before) + len(before) : text.index(after)]

    assert {'ForeignKey("users.id", ondelete="CASCADE")', 'comment="ü😀"'} == arguments(call)
    assert "extra-foreign-key" not in await editor.rules(wide.orders)


def arguments(call: str) -> set[str]:
    """The arguments of a call, as they are written."""
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    parts = [*node.args, *node.keywords]
    return {str(ast.get_source_segment(call, one)) for one in parts}
