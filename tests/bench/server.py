"""What the server needs for an edit, a hover, a start: measured from outside, over stdin and stdout.

Example: `measure(Path("/tmp/p"), revisions, model, None)[0]["change, model"]` is a list of seconds.
"""

from __future__ import annotations

import ast
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.client import Client

ROUNDS = 5
ASKED = 40
STARTS = 3
"""How often a server starts again on what it has seen before."""
Seconds = dict[str, list[float]]


def measure(folder: Path, revisions: list[Path], model: Path, base: Path | None) -> tuple[Seconds, dict[str, float]]:
    """Measure a server on `folder`: seconds by what was measured, and MiB by when.

    `revisions`: the files in the order of the history. Each edit changes a fact: the type of a column. The first start
    finds no cache; the others find what it has left.
    """
    with tempfile.TemporaryDirectory(prefix="driftline-bench-cache-") as cache:
        seconds, memory = _edits(folder, Path(cache), revisions, model, base)
        for _ in range(STARTS):
            with Client(folder, Path(cache)) as client:
                _begin(client, model, "warm", seconds)
                memory["after a warm start"] = client.memory()[0]
    return seconds, memory


def _begin(client: Client, model: Path, how: str, seconds: Seconds) -> None:
    """Open a first file: its diagnostics come, and when all is read, what only a complete analysis can answer."""
    client.open(model)
    seconds.setdefault(f"first diagnostics, {how}", []).append(time.perf_counter() - client.started)
    client.hover(model, 0, 0)
    seconds.setdefault(f"first hover, {how}", []).append(time.perf_counter() - client.started)


def _edits(
    folder: Path, cache: Path, revisions: list[Path], model: Path, base: Path | None
) -> tuple[Seconds, dict[str, float]]:
    """Measure a server that knows nothing yet, its edits, and what is asked of it."""
    places = {
        "change, first revision": revisions[0],
        "change, middle revision": revisions[len(revisions) // 2],
        "change, last revision": revisions[-1],
        "change, model": model,
    }
    if base is not None:
        places["change, base mixin"] = base
    seconds: Seconds = {}
    with Client(folder, cache) as client:
        _begin(client, model, "cold", seconds)
        memory = {"at rest": client.memory()[0]}
        for name, path in places.items():
            text = path.read_text()
            if path != model:
                client.open(path)
            taken: list[float] = []
            for at in range(ROUNDS):
                # A finding of this file's own appears and goes, so that its diagnostics are sent each time.
                start = client.change(path, edited(text, at))
                taken.append(client.diagnosed(path, start))
            client.diagnosed(path, client.change(path, text))
            seconds[name] = taken
            seconds[f"ast.parse, {name.partition(', ')[2]}"] = [_parse(text) for _ in range(ROUNDS)]
        line, column = _first_column(model.read_text())
        settings = folder / "driftline.toml"
        client.open(settings, '[rules]\nselect = [""]\n')
        asking = {
            "hover": lambda: client.hover(model, line, column),
            "quick fixes": lambda: client.actions(model, line, column),
            "completion": lambda: client.completions(settings, 1, 11),
        }
        for name, ask in asking.items():
            seconds[f"{name}, idle"] = [ask() for _ in range(ASKED)]
        for name, ask in asking.items():
            busy: list[float] = []
            for at in range(ASKED // 4):
                client.change(model, edited(model.read_text(), at))
                time.sleep(0.25)  # past the pause of typing: the recomputation runs
                busy += [ask() for _ in range(4)]
            seconds[f"{name}, while recomputing"] = busy
        memory["after the edits"], memory["peak"] = client.memory()
    return seconds, memory


def edited(text: str, at: int) -> str:
    """Give the text with a fact changed, and by turns with a finding more or less on its first line.

    The finding is one that every project has whatever it is set to and whatever is not understood: a comment that
    silences what is no rule. A text may have no such fact: the comment alone is then what changes.
    """
    for fact, other in _FACTS:
        changed, found = fact.subn(lambda match, other=other: other(match, at), text, count=1)
        if found:
            break
    return f"# driftline: ignore[bench]  {at}\n{changed}" if at % 2 == 0 else changed


_FACTS: list[tuple[re.Pattern[str], Callable[[re.Match[str], int], str]]] = [
    (re.compile(r"(?<=\bString\()(length=)?(\d+)(?=\))"), lambda one, at: f"{one[1] or ''}{int(one[2]) + at + 1}"),
    (re.compile(r"\bnullable=(True|False)\b"), lambda one, at: f"nullable={(one[1] == 'True') == (at % 2 == 1)}"),
    (re.compile(r"(?<=[(. ])(?:Big)?Integer(?=[(),])"), lambda _, at: ("SmallInteger", "BigInteger")[at % 2]),
]
"""What states a fact of a column, and what else it could say at the n-th edit."""


def _parse(text: str) -> float:
    start = time.perf_counter()
    ast.parse(text)
    return time.perf_counter() - start


def _first_column(text: str) -> tuple[int, int]:
    for line, content in enumerate(text.splitlines()):
        if re.match(r"\s+\w+\s*(:.*)?=\s*(mapped_column|Column|sa\.Column|db\.Column)\(", content):
            return line, len(content) - len(content.lstrip())
    return 0, 0
