"""Getting projects: by the real pip, from a folder of wheels instead of a registry."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ecosystem.fetching import Cache, NotAvailableError, fetch
from tests.ecosystem.project import Project, Wheel, read_projects


def _wheel(folder: Path, name: str, files: dict[str, str]) -> Wheel:
    """Make a wheel of `files` in `folder`."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    metadata = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Python: <3\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for place, text in {**files, **metadata}.items():
            archive.writestr(place, text)
    return Wheel(name, "1.0", hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all that pip knows."""
    folder = tmp_path / "shelf"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """An empty cache."""
    return Cache(tmp_path / "cache")


def test_a_wheel_is_unpacked_once(shelf: Path, cache: Cache) -> None:
    """A project comes from its wheel, whatever Python that is for; the second time, from the cache alone."""
    project = Project("shop", ".", _wheel(shelf, "shop", {"shop/models.py": "x = 1\n"}))

    first = fetch(project, cache, None)
    (shelf / "shop-1.0-py3-none-any.whl").unlink()
    second = fetch(project, cache, None)

    assert (first.folder / "shop" / "models.py").read_text() == "x = 1\n"
    assert second == first


def test_what_models_inherit_from_is_a_virtual_environment(shelf: Path, cache: Cache) -> None:
    """Driftline finds the distributions where a virtual environment has them."""
    base = _wheel(shelf, "base", {"base/__init__.py": "y = 2\n"})
    project = Project("shop", ".", _wheel(shelf, "shop", {"shop/models.py": ""}), inherits=(base,))

    environment = fetch(project, cache, None).environment

    assert environment is not None
    assert (environment / "pyvenv.cfg").is_file()
    (packages,) = environment.glob("lib/python3*/site-packages")
    assert (packages / "base" / "__init__.py").read_text() == "y = 2\n"
    assert fetch(replace(project, inherits=()), cache, None).environment is None


def test_another_wheel_than_the_list_s_is_refused(shelf: Path, cache: Cache) -> None:
    """A wheel with another digest is not kept, nor anything half-made."""
    wheel = _wheel(shelf, "shop", {"shop/models.py": ""})
    project = Project("shop", ".", replace(wheel, sha256="0" * 64))

    with pytest.raises(NotAvailableError, match=r"pip cannot get shop==1\.0") as raised:
        fetch(project, cache, None)

    assert not raised.value.expected
    assert list(cache.folder.rglob("*.whl")) == []


def test_a_cached_wheel_that_was_changed_is_refused(shelf: Path, cache: Cache) -> None:
    """The cache is not believed blindly."""
    wheel = _wheel(shelf, "shop", {"shop/models.py": ""})
    cache.wheel_in(wheel).mkdir(parents=True)
    (cache.wheel_in(wheel) / "shop-1.0-py3-none-any.whl").write_bytes(b"something else")

    with pytest.raises(NotAvailableError, match="and the list says"):
        fetch(Project("shop", ".", wheel), cache, None)


def test_a_checkout_comes_first(tmp_path: Path, cache: Cache) -> None:
    """A local checkout is taken as it is; an unpacked wheel only at the pinned version."""
    wheel = Wheel("my-shop", "1.0", "0" * 64)
    checkouts = tmp_path / "checkouts"
    (checkouts / "shop").mkdir(parents=True)
    (checkouts / "old" / "my_shop-0.9.dist-info").mkdir(parents=True)
    (checkouts / "new" / "my_shop-1.0.dist-info").mkdir(parents=True)

    assert fetch(Project("shop", "."), cache, checkouts).folder == checkouts / "shop"
    assert fetch(Project("new", ".", wheel), cache, checkouts).folder == checkouts / "new"
    with pytest.raises(NotAvailableError, match="pip cannot get"):
        fetch(Project("old", ".", wheel), cache, checkouts)


def test_a_checkout_that_is_not_there_is_no_failure(tmp_path: Path, cache: Cache) -> None:
    """Nobody promised a project that comes as no wheel: it is told of, with where it is to be had."""
    project = Project("shop", ".", checkout="github somebody/shop @ abc")

    with pytest.raises(NotAvailableError, match="github somebody/shop @ abc") as raised:
        fetch(project, cache, tmp_path)

    assert raised.value.expected


def test_the_list_can_be_read() -> None:
    """Each listed project comes from somewhere, pinned: a wheel with a digest, or a checkout of a commit."""
    projects = read_projects()

    assert len({one.name for one in projects}) == len(projects)
    wheels = [wheel for one in projects for wheel in (*([one.wheel] if one.wheel else []), *one.inherits)]
    assert [one for one in wheels if not (one.version and re.fullmatch("[0-9a-f]{64}", one.sha256))] == []
    checkouts = [one.checkout for one in projects if one.wheel is None]
    assert [one for one in checkouts if not re.fullmatch(r"github \S+/\S+ @ [0-9a-f]{40}", one)] == []
