"""What is shown of a file is made again only where its diagnostics, or a text that they are in, are others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.ide.view import View
from driftline.lsp.convert import Converter
from driftline.lsp.shown import Showing, Shown
from driftline.lsp.texts import Texts
from driftline.sources.disk import DiskSource
from driftline.sources.overlay import OverlaySource
from driftline.sources.source import changed_since
from tests.lsp.shop import Shop


class Client:
    """What a client shows of a shop, run by run."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.disk = DiskSource()
        self.session = Session(self.disk)
        self.showing = Showing()

    def shows(self, buffers: Mapping[Path, str]) -> Mapping[str, Shown]:
        """What it shows with these buffers open, after what it showed the last time."""
        texts = {str(path): text for path, text in buffers.items()}
        before = self.session.source
        self.session.source = OverlaySource(self.disk, texts)
        changed = changed_since(self.session.source, before)
        works = open_project(str(self.shop.folder), self.session).works
        analyses = tuple(analysis(work) for work in works)
        (whole,) = analyses
        found = Texts(whole.syntax, texts)
        view, converter = View(analyses, found.syntax, found.span_of), Converter("utf-16", found.index)
        shown = self.showing.show(view, converter, changed, related=True)
        assert Showing().show(view, converter, None, related=True) == shown
        return shown


@pytest.fixture
def client(shop: Shop) -> Client:
    """Who shows the shop."""
    return Client(shop)


def test_an_edit_that_concerns_other_files_makes_nothing_anew(client: Client) -> None:
    """A column that another model gets: its file shows it, and what the others show is what they showed."""
    shop = client.shop
    first = client.shows({})
    text = shop.users.read_text(encoding="utf-8")
    second = client.shows({shop.users: text.replace("primary_key=True)", "primary_key=True)\n    n: Mapped[int]", 1)})

    assert str(shop.orders) in first
    assert str(shop.users) not in first
    assert str(shop.users) in second
    assert second[str(shop.orders)] is first[str(shop.orders)]


def test_where_a_text_moves_the_places_in_it_are_made_anew(client: Client) -> None:
    """In the file, and where another one points to it."""
    shop = client.shop
    first = client.shows({})
    second = client.shows({shop.orders: "\n" * 5 + shop.orders.read_text(encoding="utf-8")})

    for path in (str(shop.orders), str(shop.first)):
        assert second[path].digest != first[path].digest
    before, after = first[str(shop.orders)].items, second[str(shop.orders)].items
    assert [one.range.start.line + 5 for one in before] == [one.range.start.line for one in after]
    assert client.shows({})[str(shop.orders)] == first[str(shop.orders)]
