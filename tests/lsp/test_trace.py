"""`driftline.trace` and the server's log: what ran, for what, and how long."""

from __future__ import annotations

from tests.lsp.capabilities import neovim
from tests.lsp.conftest import SERVER, Launch, Start
from tests.lsp.shop import Shop


async def test_the_trace_says_what_the_latest_run_did(start: Start, shop: Shop) -> None:
    """Each stage with the environment that it ran for and its time; after an edit of a model, what that made run."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.findings(shop.orders)
    first = str(await editor.execute("driftline.trace"))

    editor.change(shop.orders, ("String(20)", "String(30)"))
    await editor.settle(shop.orders)
    second = str(await editor.execute("driftline.trace")).splitlines()

    lines = [line for line in first.splitlines()[1:] if " ms " in line]
    assert first.startswith(f"{shop.folder}: ")
    assert {"discover", "graph", "models", "replay", "compare", "rules"} <= {line.split()[0] for line in lines}
    assert all(line.split()[2] == "ms" and len(line.split(maxsplit=3)) == 4 for line in lines)
    assert {"followed", "applied", "tables compared"} <= {line.split(":")[0] for line in first.splitlines()[1:]}
    assert [str(shop.orders)] == [line.split()[3] for line in second if line.startswith("parse ")]
    assert "tables compared: 1 (orders)" in second


async def test_the_log_says_the_same_where_it_is_asked_to(launch: Launch, shop: Shop) -> None:
    """With `--log-level debug`, on stderr; without, the log has none of it."""
    for more, expected in (((), False), (("--log-level", "debug"), True)):
        editor = await launch(*SERVER, *more)
        await editor.begin(neovim(), [shop.folder])
        await editor.open(shop.orders)
        await editor.findings(shop.orders)
        await editor.end()

        assert expected is any(line.startswith("rules ") and " ms " in line for line in editor.complaints)
