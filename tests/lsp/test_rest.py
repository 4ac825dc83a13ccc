"""What a folder does when nothing has been asked for a while: it holds its models against those from scratch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from driftline.dataclass import replace
from driftline.engine.cancellation import Token
from driftline.lsp import folder as folders
from driftline.lsp.folder import Folder, Result
from driftline.lsp.shown import Showing, Shown
from driftline.lsp.worker import Worker
from driftline.models.reader import Kept, read_models
from tests.lsp.capabilities import neovim
from tests.lsp.conftest import Start
from tests.lsp.editor import PATIENCE, Editor
from tests.lsp.shop import RULES, Shop

SOON = 0.01
NARROWER = ("String(20)", "String(19)")


class Opened:
    """An opened folder without a client. `shown`: the rules of the findings that it was told to show, each time."""

    def __init__(self, shop: Shop, worker: Worker, shown: Iterable[Path]) -> None:
        self.buffers = {str(one): one.read_text(encoding="utf-8") for one in shown}
        self.shown: list[list[str]] = []
        self.worker = worker
        self.folder = Folder(
            str(shop.folder), worker, lambda: self.buffers, self._finished, _show, dict, lambda: [str(shop.folder)]
        )

    def _finished(self, _folder: Folder, _changed: bool) -> None:  # noqa: FBT001 - a callback
        result = self.folder.result
        if result is not None:  # else it is what an earlier process has shown
            self.shown.append(sorted(one.rule for analysis in result.analyses for one in analysis.findings))

    async def edit(self, shop: Shop, *changes: tuple[str, str]) -> None:
        """Change the orders, and wait for what is shown then."""
        text = shop.orders.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.buffers[str(shop.orders)] = text
        self.folder.request(0, typed=True)
        await self.folder.current()

    async def evaluated(self, times: int) -> None:
        """Wait until models were evaluated from scratch so often, and it is quiet again."""
        await eventually(lambda: self.folder.rest.evaluated >= times)
        await self.stays()

    async def stays(self) -> None:
        """Wait for all that comes by itself."""
        for _ in range(3):
            await asyncio.sleep(10 * SOON)
            await asyncio.wrap_future(self.worker.rest(lambda _token: None))

    @property
    def notes(self) -> Kept:
        """What is noted for the next edit."""
        (work,) = self.folder._works
        return self.folder.session.memory(Kept, work.key)


def _show(
    _result: Result, _buffers: Mapping[str, str], _showing: Showing, _changed: Collection[str] | None
) -> Mapping[str, Shown]:
    return {}


@asynccontextmanager
async def opening(shop: Shop, *shown: Path) -> AsyncIterator[Opened]:
    """Open a folder, and close it. `shown`: the files that are open; the orders, where nobody says."""
    worker = Worker()
    one = Opened(shop, worker, shown or [shop.orders])
    one.folder.configure({})
    await one.folder.first()
    try:
        yield one
    finally:
        await one.folder.close()
        worker.shutdown()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is quiet soon."""
    monkeypatch.setattr("driftline.lsp.rest.IDLE", SOON)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How the models were read, each time: by which modules were run; "all" where nobody noted that."""
    found: list[str] = []

    def counted(*args: object) -> object:
        kept = args[3] if len(args) > 3 else None
        ran: list[str] = []
        if isinstance(kept, Kept):
            before = kept.modules.ran
            kept.modules.ran = lambda name: (ran.append(name), before(name))[1]
        result = read_models(*args)  # type: ignore[arg-type]
        found.append(" ".join(ran))
        return result

    monkeypatch.setattr("driftline.models.reader.read_models", counted)
    return found


@pytest.mark.usefixtures("quickly")
async def test_without_an_edit_notes_are_made_once(shop: Shop, readings: list[str]) -> None:
    """After a start the models are evaluated once more, and then nothing happens; nothing is shown anew."""
    async with opening(shop) as opened:
        await opened.evaluated(1)

        assert [RULES] == opened.shown
        assert 2 == len(readings)
        assert (1, 0, 0) == counts(opened)


@pytest.mark.usefixtures("quickly")
async def test_who_edits_no_models_pays_for_no_notes(shop: Shop, readings: list[str]) -> None:
    """With a revision open alone nothing is evaluated again; it is when a file of the models is opened as well."""
    async with opening(shop, shop.first) as opened:
        await opened.stays()
        assert 1 == len(readings)
        await opened.edit(shop)
        await opened.evaluated(1)

        assert 2 == len(readings)
        assert (1, 0, 0) == counts(opened)


@pytest.mark.usefixtures("quickly")
async def test_after_an_edit_models_are_evaluated_from_scratch_once(shop: Shop, readings: list[str]) -> None:
    """The edit runs its module alone, also the first one; what comes out again is not shown again."""
    async with opening(shop) as opened:
        await opened.evaluated(1)
        await opened.edit(shop, NARROWER)
        assert "shop.orders" == readings[-1]
        await opened.evaluated(2)

        assert [RULES, sorted([*RULES, "type-argument-mismatch"])] == [opened.shown[0], opened.shown[-1]]
        assert 2 == len(opened.shown)
        assert {"shop", "shop.base", "shop.orders", "shop.users"} == set(readings[-1].split())
        assert (2, 0, 0) == counts(opened)


@pytest.mark.usefixtures("quickly")
async def test_what_does_not_concern_the_models_is_not_looked_at_again(shop: Shop, readings: list[str]) -> None:
    """A comment in a model, and an edit of nothing."""
    async with opening(shop) as opened:
        await opened.evaluated(1)
        await opened.edit(shop, ("class Order", "# A comment.\nclass Order"))
        await opened.stays()

        assert 2 == len(readings)
        assert (1, 0, 0) == counts(opened)


@pytest.mark.usefixtures("quickly")
async def test_where_what_was_taken_over_is_wrong_the_right_findings_come(shop: Shop) -> None:
    """A table that was noted wrongly on purpose is missed until nothing is asked for; then it is there for good."""
    async with opening(shop) as opened:
        await opened.evaluated(1)
        tables = opened.notes.tables
        for key, (record, dialect, table, reads) in tables._built.items():
            if table.name == "users":
                tables._built[key] = record, dialect, replace(table, columns=table.columns[:-1]), reads
        await opened.edit(shop, NARROWER)
        await eventually(lambda: len(opened.shown) == 3)
        await opened.edit(shop, ("String(20)", "String(18)"))
        await opened.evaluated(3)

        right = sorted([*RULES, "type-argument-mismatch"])
        assert [RULES, sorted([*right, "extra-required-column"]), right, right] == opened.shown
        assert (3, 1, 0) == counts(opened)
        assert ["at rest: models evaluated from scratch 3 times (0 times stopped), 1 came out otherwise"] == list(
            opened.folder.rest.trace()
        )


@pytest.mark.usefixtures("quickly")
async def test_an_edit_stops_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The edit is not waited for; what was to be looked at is when it is quiet again."""
    async with opening(shop) as opened:
        await opened.evaluated(1)
        loop, under_way, edited = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        again = folders.declared_again

        def slowly(work: folders.Work) -> bool:
            loop.call_soon_threadsafe(under_way.set)
            if not edited.is_set():
                asyncio.run_coroutine_threadsafe(edited.wait(), loop).result(PATIENCE)
            return again(work)

        monkeypatch.setattr(folders, "declared_again", slowly)
        await opened.edit(shop, NARROWER)
        await asyncio.wait_for(under_way.wait(), PATIENCE)
        edit = asyncio.ensure_future(opened.edit(shop))
        await asyncio.sleep(SOON)
        edited.set()
        await edit
        await opened.evaluated(2)

        assert (2, 0, 1) == counts(opened)
        assert [RULES, sorted([*RULES, "type-argument-mismatch"]), RULES] == opened.shown


async def test_whoever_asks_the_worker_for_something_stops_it() -> None:
    """A folder, or a request: each goes first, and what has not begun yet is not begun."""
    worker, loop = Worker(), asyncio.get_running_loop()
    begun, tokens = asyncio.Event(), list[Token]()

    def rest(token: Token) -> None:
        tokens.append(token)
        loop.call_soon_threadsafe(begun.set)
        while not token.cancelled:
            pass

    first, second = worker.rest(rest), worker.rest(rest)
    await asyncio.wait_for(begun.wait(), PATIENCE)
    assert [False] == [one.cancelled for one in tokens]
    answer = await asyncio.wait_for(loop.run_in_executor(worker, lambda: 7), PATIENCE)
    worker.shutdown()

    assert 7 == answer
    assert [True, True] == [one.cancelled for one in tokens]
    assert first.done()
    assert second.done()


@pytest.mark.usefixtures("quickly")
async def test_what_is_not_sure_is_kept_for_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that ends before it was quiet leaves no models that were taken over; else another one begins there."""
    kept: list[bool] = []
    monkeypatch.setattr(folders, "keep", lambda work: kept.append(work.session.unsure == set()))
    for waits in (True, False):
        async with opening(shop) as opened:
            await opened.evaluated(1)
            if not waits:
                monkeypatch.setattr("driftline.lsp.rest.IDLE", PATIENCE)
            await opened.edit(shop, NARROWER)
            if waits:
                await opened.evaluated(2)
            kept.clear()
        assert [waits] == kept


async def test_a_server_does_it(start: Start, shop: Shop) -> None:
    """It says so in its trace."""
    editor = await start(neovim(), [shop.folder])
    await editor.open(shop.orders)
    await editor.findings(shop.orders)
    await traced(editor, "at rest: models evaluated from scratch 1 times")
    editor.change(shop.orders, NARROWER)
    await editor.settle(shop.orders)
    await traced(editor, "at rest: models evaluated from scratch 2 times")

    assert 2 == len(editor.published(shop.orders))


async def eventually(what: Callable[[], bool]) -> None:
    """Wait until something is so that comes by itself."""
    async with asyncio.timeout(PATIENCE):
        while not what():  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(SOON)


async def traced(editor: Editor, what: str) -> None:
    """Wait until the server's trace says something."""
    async with asyncio.timeout(PATIENCE):
        while what not in str(await editor.execute("driftline.trace")):  # noqa: ASYNC110 - no message says so
            await asyncio.sleep(0.2)


def counts(opened: Opened) -> tuple[int, int, int]:
    """How many models were evaluated at rest, how many came out otherwise, how often somebody stopped it."""
    rest = opened.folder.rest
    return rest.evaluated, rest.otherwise, rest.stopped
