"""What commands need, side by side: in each round every command runs once, so a busy machine is busy for all.

Example: `compare([Contender("floor", ["python3", "-c", ""], {})], folder, rounds=5)["floor"].median`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 600.0
"""Seconds after which a command is given up."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command. `rounds`: how often it runs, at most (None: in every round). `once`: run before, unmeasured.

    `folder`: where it runs, if not where all others do. `sound`: the exit codes of one that has done its work; a check
    that finds something ends with 1.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    rounds: int | None = None
    once: bool = False
    folder: Path | None = None
    sound: Sequence[int] = (0, 1)


@dataclass(slots=True)
class Taken:
    """What the rounds of a command took: seconds by the clock and by the processor, and MiB at the peak."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float = 0.0
    failed: str | None = None

    @property
    def median(self) -> float:
        """Seconds by the clock."""
        return statistics.median(self.wall) if self.wall else float("nan")

    @property
    def median_cpu(self) -> float:
        """Seconds by the processor."""
        return statistics.median(self.cpu) if self.cpu else float("nan")


def compare(contenders: Sequence[Contender], folder: Path, rounds: int) -> dict[str, Taken]:
    """Run the contenders in `folder`, interleaved, and give what each took."""
    found = {one.name: Taken() for one in contenders}
    for one in contenders:
        if one.once:
            _run(one, folder)
    for at in range(rounds):
        for one in contenders:
            if found[one.name].failed is None and (one.rounds is None or at < one.rounds):
                _measure(one, folder, found[one.name])
    return found


def _measure(one: Contender, folder: Path, taken: Taken) -> None:
    start = time.perf_counter()
    try:
        process = _start(one, folder)
    except OSError as error:
        taken.failed = f"it does not start: {error}"
        return
    giving_up = threading.Timer(LONGEST, process.kill)
    giving_up.start()
    _, status, usage = os.wait4(process.pid, 0)
    giving_up.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in one.sound:
        taken.failed = f"it ended with {process.returncode}"
        return
    taken.wall.append(time.perf_counter() - start)
    taken.cpu.append(usage.ru_utime + usage.ru_stime)
    taken.peak = max(taken.peak, usage.ru_maxrss / 1024)


def _start(one: Contender, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        one.command,
        cwd=one.folder or folder,
        env={**os.environ, **one.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _run(one: Contender, folder: Path) -> None:
    try:
        _start(one, folder).wait(LONGEST)
    except (OSError, subprocess.TimeoutExpired):
        return  # the rounds will say so
