"""A PostgreSQL that does not start is a failure, and doing without one is somebody's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.postgres import WITHOUT, started


def _does_not_start(folder: Path, **_: object) -> object:
    msg = f"there is no room in {folder.name}"
    raise RuntimeError(msg)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which the server does not start."""
    monkeypatch.setattr("pgserver.postgres_server.get_server", _does_not_start)
    monkeypatch.delenv(WITHOUT, raising=False)


@pytest.mark.usefixtures("broken")
def test_a_server_that_does_not_start_fails() -> None:
    """The failure says why, and what lets the tests go without."""
    with (
        pytest.raises(pytest.fail.Exception, match=rf"there is no room in driftline-broken-.*{WITHOUT}=1"),
        started("driftline-broken-"),
    ):
        pass


@pytest.mark.usefixtures("broken")
def test_going_without_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the variable is set, the tests are skipped, with a reason that names it."""
    monkeypatch.setenv(WITHOUT, "1")

    with pytest.raises(pytest.skip.Exception, match=f"NOT HELD AGAINST A DATABASE: {WITHOUT}"), started("x-"):
        pass


@pytest.mark.usefixtures("broken")
def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is there and empty says nothing."""
    monkeypatch.setenv(WITHOUT, "")

    with pytest.raises(pytest.fail.Exception), started("driftline-broken-"):
        pass
