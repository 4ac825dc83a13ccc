"""What the repository promises about itself: its files, its documents and its locks agree with each other.

Lint and types are not here (`make lint`, `make types`), nor who imports whom (tests/test_layers.py).
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from driftline import __version__

ROOT = Path(__file__).parent.parent

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

LOCKS = ("runtime", "build", "dev", "neovim")

# In pieces, so that this file may be tracked itself.
HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "deb.debian" + ".org",
    "yarnpkg" + ".com",
)
MACHINE_PATHS = ("/work" + "/main", "/work" + "/shared", "/opt" + "/pypi", "/opt" + "/wheels", "/ro" + "ot/")

EXCERPT = re.compile(r"<!-- audit excerpt -->\n(`{3,})\w*\n(.*?)\1\n<!-- end of audit excerpt -->", re.DOTALL)


def tracked() -> list[Path]:
    """The files of the repository: those that git has, and the new ones that it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(path for name in set(listed.split("\0")) - {""} if (path := ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    """The text files of the repository, by their place."""
    return [
        (str(path.relative_to(ROOT)), content.decode("utf-8", errors="replace"))
        for path in tracked()
        if b"\0" not in (content := path.read_bytes())
    ]


def test_no_file_names_a_registry_or_a_place_on_this_machine() -> None:
    """The repository is the same wherever it is cloned and whatever it is installed from."""
    words = (*HOSTS, *MACHINE_PATHS, f"{ROOT}/")

    found = [(place, word) for place, text in texts() for word in words if word in text]

    assert found == []


def test_every_module_says_what_it_holds() -> None:
    """Each module of the package has a docstring, the private ones too."""
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix == ".py"
        and path.is_relative_to(ROOT / "server")
        and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]

    assert silent == []


def test_the_wheel_holds_the_whole_package(tmp_path: Path) -> None:
    """A built wheel has every file of the package (rule pages, tables, py.typed), the command, and nothing else."""
    subprocess.run(
        [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    package = {str(path.relative_to(ROOT / "server")) for path in tracked() if path.is_relative_to(ROOT / "server")}

    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (entry_points,) = (
            archive.read(name).decode() for name in archive.namelist() if name.endswith("entry_points.txt")
        )

    assert wheel.name == f"driftline-{__version__}-py3-none-any.whl"
    assert names == package
    assert "driftline/py.typed" in names
    assert "driftline = driftline.cli:program" in entry_points


def test_the_changelog_tells_of_this_version() -> None:
    """The newest section of the changelog is this version's, or what is not released yet."""
    headings = re.findall(r"^## \[?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings[0] in {"Unreleased", __version__}
    assert __version__ in headings


def test_the_extension_has_the_version_of_its_server() -> None:
    """The VS Code extension, which carries the server with it, is numbered as the server is."""
    manifest = json.loads((ROOT / "editors/vscode/package.json").read_text(encoding="utf-8"))

    assert manifest["version"] == __version__


@pytest.mark.parametrize("document", ["README.md", "docs/development.md", ".ci/run"])
def test_every_make_target_that_is_named_exists(document: str) -> None:
    """What a document tells its reader to run is there to be run."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    text = (ROOT / document).read_text(encoding="utf-8")
    optional = set(re.findall(r"grep -q '\^([a-z-]+):' Makefile", text))

    named = set(re.findall(r"(?:^|`|\s{4}|; )make ([a-z-]+)", text, re.MULTILINE)) - optional

    assert named
    assert sorted(named - set(targets)) == []


def test_every_make_target_is_phony_and_explained() -> None:
    """A folder named like a target does not silence it, and `make help` knows it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)

    assert re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, re.MULTILINE) == targets
    assert re.findall(r"^([a-z-]+):.*?  ## \S", makefile, re.MULTILINE) == targets


def test_the_audit_in_the_readme_is_what_the_audit_says() -> None:
    """Each line of the README's excerpt stands in the audit of the fixture, in that order; "…" is what was left out."""
    found = EXCERPT.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    excerpt = [line for line in found[2].splitlines() if line.strip() not in {"", "…"}]
    audit = subprocess.run(
        [sys.executable, "-P", "-m", "driftline", "audit", "fixtures/kitsu"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()

    rest = iter(audit)
    missing = [line for line in excerpt if line not in rest]

    assert excerpt
    assert missing == []


def test_every_direct_requirement_is_locked() -> None:
    """What is asked for is pinned by a version that satisfies it, and each pin is held by hashes."""
    locks = {name: (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8") for name in LOCKS}
    pins = {lock: dict(re.findall(r"^([\w.-]+)==(\S+) \\$", text, re.MULTILINE)) for lock, text in locks.items()}
    asked = [("runtime", line) for line in PYPROJECT["project"]["dependencies"]]
    asked += [("build", line) for line in PYPROJECT["build-system"]["requires"]]
    for lock in ("build", "dev", "neovim"):
        lines = (ROOT / "requirements" / f"{lock}.in").read_text(encoding="utf-8").splitlines()
        asked += [(lock, line) for line in lines if line and not line.startswith(("#", "-c"))]

    unlocked = [
        (lock, line)
        for lock, line in asked
        if not (wanted := Requirement(line)).specifier.contains(pins[lock].get(wanted.name, "0"))
        or wanted.name not in pins[lock]
    ]

    assert unlocked == []
    for lock, text in locks.items():
        assert re.findall(r"^[\w.-]+==\S+$", text, re.MULTILINE) == [], f"{lock}.txt has pins without a hash"


def test_the_locks_agree() -> None:
    """All locks are installed into one environment: none asks for another version than another does."""
    versions: dict[str, set[str]] = {}
    for lock in ("runtime", "build", "dev"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
            versions.setdefault(name, set()).add(version)

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_ignored_lint_rule_has_its_reason() -> None:
    """A rule that is not obeyed, anywhere, says why on its line."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    codes = re.compile(r'^(    "[A-Z]+\d*",|"[^"]+" = \["[A-Z])')

    assert [line for line in lines if codes.match(line) and " # " not in line] == []
    assert any(codes.match(line) for line in lines)
