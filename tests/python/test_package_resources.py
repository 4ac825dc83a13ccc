"""Files that lie in packages, read as programs ask for them."""

from __future__ import annotations

import pytest

from driftline.python.values import Unknown
from tests.python.support import evaluator

FILES = {
    "app/__init__.py": "",
    "app/data/__init__.py": "",
    "app/data/one.sql": "SELECT 1",
    "app/data/sub/two.sql": "SELECT 2",
}
IMPORTS = (
    "import importlib.resources, importlib_resources, pkgutil, pkg_resources\n"
    "from importlib import resources\nfrom importlib.resources import files, read_text\nimport app.data\n"
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('importlib.resources.read_text("app.data", "one.sql")', "SELECT 1"),
        ('read_text("app.data", resource="one.sql", encoding="utf-8")', "SELECT 1"),
        ('read_text(package="app.data", resource="one.sql")', "SELECT 1"),
        ('importlib.resources.read_binary("app.data", "one.sql")', b"SELECT 1"),
        ('importlib_resources.files("app.data").joinpath("sub").joinpath("two.sql").read_text()', "SELECT 2"),
        ('(resources.files(app.data) / "one.sql").read_text(encoding="utf-8")', "SELECT 1"),
        ('files(anchor="app").joinpath("data/one.sql").read_text()', "SELECT 1"),
        ('(files() / "data" / "one.sql").read_text()', "SELECT 1"),
        ('(files("app.m") / "data" / "one.sql").read_text()', "SELECT 1"),
        ('pkgutil.get_data("app.data", "sub/two.sql").decode("utf-8")', "SELECT 2"),
        ('pkgutil.get_data(__name__, "data/one.sql").decode()', "SELECT 1"),
        ('pkg_resources.resource_string("app", "data/one.sql").decode()', "SELECT 1"),
        ('open(pkg_resources.resource_filename("app", "data/one.sql")).read()', "SELECT 1"),
    ],
)
def test_a_file_of_a_package_is_read(expression: str, expected: object) -> None:
    """If a program asks a package for a file below it, it gets what is in the file."""
    module = evaluator({**FILES, "app/m.py": f"{IMPORTS}x = {expression}\n"}).module("app.m")

    assert module is not None
    assert expected == module.names["x"]


@pytest.mark.parametrize(
    "expression",
    [
        'importlib.resources.read_text("app.data", "none.sql")',
        'importlib.resources.read_text("elsewhere", "one.sql")',
        "importlib.resources.read_text(UNKNOWN, 'one.sql')",
        "importlib.resources.read_text('app.data', UNKNOWN)",
        'pkgutil.get_data("app", "../../outside.sql")',
    ],
)
def test_a_file_that_is_not_found_is_unknown(expression: str) -> None:
    """If the package, the file or the name is not known, or lies outside of what is read, nothing is made up."""
    head = f"{IMPORTS}import os\nUNKNOWN = os.environ['X']\nx = None\n"
    source = f"{head}try:\n    x = {expression}\nexcept OSError:\n    pass\n"
    module = evaluator({**FILES, "app/m.py": source}).module("app.m")

    assert module is not None
    assert module.names["x"] is None or isinstance(module.names["x"], Unknown)
