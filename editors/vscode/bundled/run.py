"""Starts the server that comes with the extension: `python -I run.py lsp`.

`-I` keeps the workspace, PYTHONPATH and the user's own site-packages off the path. The bundled libraries come first,
so that an SQLAlchemy installed beside the interpreter does not get in.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "libs"))

from driftline.cli import main

sys.exit(main())
