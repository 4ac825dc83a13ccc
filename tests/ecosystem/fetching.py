"""Getting a project's source: a local checkout, or its wheel at the pinned version, unpacked into a cache.

Wheels come through pip, with the user's own configuration of it; nothing in them is installed or run. A wheel counts
only with the sha256 that the list gives.

Example: `fetch(project, Cache(root / ".cache" / "ecosystem"), checkouts=None).folder`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ecosystem.project import Project, Wheel


class NotAvailableError(Exception):
    """A project that cannot be had. `expected`: nobody promised it (a local checkout that is not there)."""

    def __init__(self, message: str, *, expected: bool) -> None:
        """Say why."""
        super().__init__(message)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder that keeps wheels, what was unpacked, and virtual environments of what models inherit from."""

    folder: Path

    def wheel_in(self, wheel: Wheel) -> Path:
        """The folder of one wheel file; its name is known only when it is there."""
        return self.folder / "wheels" / wheel.sha256

    def unpacked(self, wheel: Wheel) -> Path:
        """The folder of an unpacked wheel."""
        return self.folder / "projects" / f"{wheel.name}-{wheel.version}-{wheel.sha256[:12]}"

    def environment(self, project: Project) -> Path:
        """The virtual environment that holds what the models of `project` inherit from."""
        contents = hashlib.sha256(" ".join(one.sha256 for one in project.inherits).encode()).hexdigest()
        return self.folder / "environments" / f"{project.name}-{contents[:12]}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where a project is. `environment`: the virtual environment of what its models inherit from, None without one."""

    folder: Path
    environment: Path | None = None


def fetch(project: Project, cache: Cache, checkouts: Path | None) -> Fetched:
    """Give the place of a project, getting it first where it is not there yet. Raises `NotAvailableError`.

    A checkout in `checkouts` comes first, unless the list wants another version than it is.
    """
    return Fetched(_folder(project, cache, checkouts), _environment(project, cache) if project.inherits else None)


def _folder(project: Project, cache: Cache, checkouts: Path | None) -> Path:
    local = checkouts / project.name if checkouts is not None else None
    if local is not None and local.is_dir() and _is_at_version(local, project.wheel):
        return local
    if project.wheel is None:
        msg = f"comes as a local checkout only ({project.checkout}), in DRIFTLINE_ECOSYSTEM"
        raise NotAvailableError(msg, expected=True)
    return _unpack(project.wheel, cache)


def _is_at_version(folder: Path, wheel: Wheel | None) -> bool:
    """Whether an unpacked wheel is of the pinned version. A folder that is no unpacked wheel is a checkout."""
    if wheel is None:
        return True
    name = wheel.name.replace("-", "_")
    found = [one.name for one in folder.glob("*.dist-info") if one.name.startswith(f"{name}-")]
    return not found or f"{name}-{wheel.version}.dist-info" in found


def _environment(project: Project, cache: Cache) -> Path:
    """A folder with the form of a virtual environment: nothing in it can run."""
    place = cache.environment(project)
    if not place.is_dir():
        with _made(place) as folder:
            (folder / "pyvenv.cfg").write_text("include-system-site-packages = false\n", encoding="utf-8")
            packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
            packages.mkdir(parents=True)
            for wheel in project.inherits:
                _extract(_download(wheel, cache), packages)
    return place


def _unpack(wheel: Wheel, cache: Cache) -> Path:
    place = cache.unpacked(wheel)
    if not place.is_dir():
        file = _download(wheel, cache)
        with _made(place) as folder:
            _extract(file, folder)
    return place


def _extract(file: Path, folder: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)  # zipfile itself keeps members inside of the folder


def _download(wheel: Wheel, cache: Cache) -> Path:
    """The wheel's file, with its digest checked (pip checks it before it keeps the file, we what was kept)."""
    place = cache.wheel_in(wheel)
    if not place.is_dir():
        with _made(place) as folder:
            _pip_download(wheel, folder)
    (file,) = place.iterdir()
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != wheel.sha256:
        msg = f"{file} has sha256 {found}, and the list says {wheel.sha256}"
        raise NotAvailableError(msg, expected=False)
    return file


def _pip_download(wheel: Wheel, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
        # Any Python's wheel will do: it is read, not run.
        options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--require-hashes", "--quiet"]
        command = [sys.executable, "-P", "-m", "pip", "download", *options, "--dest", str(folder), "-r", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        msg = f"pip cannot get {wheel.requirement}: {' '.join(lines[:3])}"
        raise NotAvailableError(msg, expected=False)


@contextmanager
def _made(place: Path) -> Iterator[Path]:
    """Give a folder to fill that becomes `place` when all went well: nothing half-made is ever found there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield scratch
        scratch.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
