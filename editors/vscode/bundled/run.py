"""Starts the server that comes with the extension: `python -I run.py lsp`.

`-I` keeps the workspace, PYTHONPATH and the user's own packages off the path, and what is installed beside the
interpreter is taken off it here: the same libraries run on every machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

LIBS = Path(__file__).resolve().parent / "libs"
INSTALLED = frozenset({"site-packages", "dist-packages"})

sys.path[:] = [str(LIBS), *(one for one in sys.path if INSTALLED.isdisjoint(Path(one).parts))]

from driftline.cli import main  # noqa: E402 - from the libraries that were just put on the path

sys.exit(main())
