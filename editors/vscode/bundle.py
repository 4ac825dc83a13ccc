"""Fills `bundled/libs` with the server and what it needs, in pure Python, for any Python from 3.11.

Compiled parts of the wheels are left out: every package that has some also has the same in Python, and chooses it
where the compiled part is not there. `make vsix` runs this; the versions are those of `requirements/runtime.txt`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIBS = HERE / "bundled" / "libs"
COMPILED = (".so", ".pyd", ".dylib", ".c", ".pyx", ".pxd")


def main() -> None:
    """Install, then strip."""
    shutil.rmtree(LIBS, ignore_errors=True)
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(LIBS), "--upgrade")
    requirements = ROOT / "requirements" / "runtime.txt"
    subprocess.run((*pip, "--no-deps", "--require-hashes", "-r", str(requirements)), check=True)
    subprocess.run((*pip, "--no-deps", "--no-build-isolation", str(ROOT)), check=True)
    for path in sorted(LIBS.rglob("*"), reverse=True):
        if path.suffix in COMPILED:
            path.unlink()
        elif path.is_dir() and (path.name in {"__pycache__", "testing"} or path == LIBS / "bin"):
            shutil.rmtree(path)
    size = sum(path.stat().st_size for path in LIBS.rglob("*") if path.is_file())
    print(f"bundled {size / 1e6:.1f} MB into {LIBS.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
