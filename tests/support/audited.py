"""Runs the command line (or a script) under an audit hook, and writes down what it touched.

    python -P tests/support/audited.py WORKSPACE TRACE driftline check --format json
    python -P tests/support/audited.py WORKSPACE TRACE script control.py

The hook is in place before the first line of Driftline is imported, and an audit hook cannot be taken out again. It
sees what the interpreter itself reports (`sys.audit`), whoever asks for it: Driftline, a library, or C code.
TRACE becomes a JSON list of [kind, what, by]: `by` is the Driftline module nearest to the call, "" where there is none.

This file imports nothing of the tests, as it runs with `-P` and outside of pytest.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

STARTS_A_PROGRAM = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"}
)
USES_THE_NETWORK = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "socket.sendmsg",
        "urllib.Request",
    }
)
CHANGES_A_FILE = frozenset(
    {
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.setxattr",
        "os.symlink",
        "os.truncate",
        "os.utime",
        "shutil.move",
        "shutil.rmtree",
    }
)
LISTS_A_FOLDER = frozenset({"os.listdir", "os.scandir", "glob.glob"})
WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Recorder:
    """Collects the audited events that concern a workspace, or that leave the process."""

    def __init__(self, workspace: str) -> None:
        self.workspace = Path(workspace).resolve()
        self.events: list[tuple[str, str, str]] = []

    def within(self, path: object) -> str | None:
        """`path` as a place in the workspace, or None where it lies elsewhere (or is an open file's number)."""
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, os.PathLike):
            path = os.fspath(path)
        if not isinstance(path, str):
            return None
        place = Path(path).resolve()
        return str(place.relative_to(self.workspace)) if place.is_relative_to(self.workspace) else None

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        """What `sys.addaudithook` calls. It only takes note: what the audited code does is not disturbed."""
        if event in STARTS_A_PROGRAM:
            self.note("started", f"{event} {args!r}")
        elif event in USES_THE_NETWORK:
            self.note("connected", f"{event} {args!r}")
        elif event == "exec":
            self.execs(args[0], sys._getframe(1).f_globals.get("__name__", ""))
        elif event == "import":
            place = self.within(args[1])  # the file is told for extension modules only; the rest come as "exec"
            if place is not None:
                self.note("executed", place)
        elif event == "ctypes.dlopen":
            self.note("executed", f"library {args[0]}")
        elif event == "sqlite3.connect":
            self.note("database", str(args[0]))
        elif event == "open":
            self.opened(*args)
        elif event in LISTS_A_FOLDER:
            place = self.within(args[0] if args[0] is not None else ".")
            if place is not None:
                self.note("read", place)
        elif event in CHANGES_A_FILE:
            for place in map(self.within, args):
                if place is not None:
                    self.note("changed", f"{event} {place}")

    def execs(self, code: object, caller: str) -> None:
        """Take note of code from the workspace, and of any code that Driftline itself gives to `exec` or `eval`."""
        file = code.co_filename if isinstance(code, CodeType) else "<?>"
        place = None if file.startswith("<") else self.within(file)
        if place is not None or caller.split(".", maxsplit=1)[0] == "driftline":
            self.note("executed", place or file)

    def opened(self, path: object, mode: str | None, flags: int) -> None:
        """Take note of a file of the workspace that is opened, to read or to write it."""
        place = self.within(path)
        if place is None:
            return
        writing = bool(flags & WRITING_FLAGS) or bool(set(mode or "") & set("wax+"))
        self.note("changed" if writing else "read", place)

    def note(self, kind: str, what: str) -> None:
        """Add an event, with the Driftline module on whose behalf it happened."""
        frame: FrameType | None = sys._getframe(1)
        by = ""
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            if name == "driftline" or name.startswith("driftline."):
                by = name
                break
            frame = frame.f_back
        self.events.append((kind, what, by))


def main(workspace: str, trace: str, what: str, *argv: str) -> int:
    """Run `driftline ARGV…` or `script FILE` and write the trace, also where it fails; its exit code is ours."""
    recorder = Recorder(workspace)
    sys.addaudithook(recorder.hook)
    code = 0
    try:
        if what == "script":
            runpy.run_path(argv[0], run_name="__main__")
        else:
            from driftline.cli import main as driftline  # imported under the hook, too

            code = driftline(list(argv))
    finally:
        events = list(recorder.events)
        for name, module in list(sys.modules.items()):
            place = recorder.within(getattr(module, "__file__", None))
            if place is not None:
                events.append(("imported", f"{name} from {place}", ""))
        events.extend(
            ("imported", f"sys.path has {entry!r}", "")
            for entry in sys.path
            if recorder.within(entry or ".") is not None
        )
        Path(trace).write_text(json.dumps(events), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
