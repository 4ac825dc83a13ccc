"""`python -P -m driftline`: the command line, without its console script.

Editors start it with `-P`, so that no module of the folder they opened is imported.
"""

from __future__ import annotations

from driftline.cli import program

if __name__ == "__main__":
    program()
