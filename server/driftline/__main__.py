"""`python -P -m driftline`: the command line, without its console script.

Editors start it with `-P`, so that no module of the folder they opened is imported.
"""

from __future__ import annotations

import sys

from driftline.cli import main

if __name__ == "__main__":
    sys.exit(main())
