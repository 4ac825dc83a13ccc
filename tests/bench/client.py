"""A client of the language server, as small as can be: it measures from message to message.

Example: `with Client(folder, cache) as client: client.open(path)` gives the seconds until its diagnostics came.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

PATIENCE = 600.0
"""Seconds after which an answer is not waited for any more."""


class Client:
    """Speaks to a `driftline lsp` of its own, started for `folder`, that keeps what it finds in `cache`."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.cache = cache
        self._ids = 0
        self._versions: dict[str, int] = {}
        self._messages: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()

    def __enter__(self) -> Self:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "driftline", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "XDG_CACHE_HOME": str(self.cache), "DRIFTLINE_NO_CACHE": "0"},
        )
        threading.Thread(target=self._read, daemon=True).start()
        uri = self.folder.as_uri()
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "capabilities": {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}},
                "workspaceFolders": [{"uri": uri, "name": self.folder.name}],
            },
        )
        self.notify("initialized", {})
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()

    def _read(self) -> None:
        stdout = self.process.stdout
        while stdout is not None and (line := stdout.readline()):
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                line = stdout.readline()
            message = json.loads(stdout.read(length))
            if "method" in message and "id" in message:  # whatever the server asks, nothing is known
                self._send({"id": message["id"], "result": None})
            self._messages.put((time.perf_counter(), message))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def notify(self, method: str, params: object) -> float:
        """Send a notification; give when."""
        self._send({"method": method, "params": params})
        return time.perf_counter()

    def request(self, method: str, params: object) -> float:
        """Send a request, and give the seconds until its answer came. What comes in between is dropped."""
        self._ids += 1
        start = time.perf_counter()
        self._send({"id": self._ids, "method": method, "params": params})
        return self._until(lambda message: message.get("id") == self._ids and "method" not in message) - start

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> float:
        while True:
            came, message = self._messages.get(timeout=PATIENCE)
            if wanted(message):
                return came

    def _published(self, path: Path) -> float:
        uri = path.as_uri()
        return self._until(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
            )
        )

    def open(self, path: Path, text: str | None = None) -> float:
        """Open a file, or a new one with `text`; give the seconds until its diagnostics came."""
        self._versions[str(path)] = 1
        text = path.read_text() if text is None else text
        language = "toml" if path.suffix == ".toml" else "python"
        document = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        start = self.notify("textDocument/didOpen", {"textDocument": document})
        return self._published(path) - start

    def change(self, path: Path, text: str) -> float:
        """Replace a file's text, unsaved; give when."""
        self._versions[str(path)] += 1
        document = {"uri": path.as_uri(), "version": self._versions[str(path)]}
        return self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def diagnosed(self, path: Path, start: float) -> float:
        """Give the seconds from `start` until a file's diagnostics came."""
        return self._published(path) - start

    def hover(self, path: Path, line: int, character: int) -> float:
        """Give the seconds that a hover takes."""
        position = {"line": line, "character": character}
        return self.request("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": position})

    def actions(self, path: Path, line: int, character: int) -> float:
        """Give the seconds that the list of quick fixes at a place takes."""
        place = {"line": line, "character": character}
        about = {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}
        return self.request("textDocument/codeAction", {"textDocument": {"uri": path.as_uri()}, **about})

    def completions(self, path: Path, line: int, character: int) -> float:
        """Give the seconds that completion at a place takes."""
        position = {"line": line, "character": character}
        return self.request("textDocument/completion", {"textDocument": {"uri": path.as_uri()}, "position": position})

    def memory(self) -> tuple[float, float]:
        """Give the server's memory now and at its peak, in MiB (where the system tells: Linux)."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0.0, 0.0
        found = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return tuple(int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]
