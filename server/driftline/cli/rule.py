"""`driftline rule [NAME]`: the page of a rule, or the list of all, or of a group.

Example: `driftline rule missing-check`.
"""

from __future__ import annotations

import argparse
import sys
from importlib import resources

from driftline.cli.failure import Failure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline rule`."""
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a rule: print its page; a group: list its rules (default: list all)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the page, or the list by group."""
    from driftline.engine.nearest import unknown
    from driftline.engine.setting_value import EVERYTHING
    from driftline.rules import RULES

    groups = dict.fromkeys(rule.group for rule in RULES)
    meant = [group for group in groups if arguments.name in (None, EVERYTHING, group.value)]
    if meant:
        width = max(len(rule.name) for rule in RULES)
        for group in meant:
            print(f"{group.value}:")
            for rule in RULES:
                if rule.group is group:
                    print(f"  {rule.name:<{width}}  {rule.level.value:<11}  {rule.summary}")
        return 0
    if arguments.name not in {rule.name for rule in RULES}:
        raise Failure(unknown("rule", arguments.name, [rule.name for rule in RULES]))
    stem = arguments.name.replace("-", "_")
    page = resources.files("driftline.rules").joinpath(f"{stem}.md").read_text(encoding="utf-8")
    if sys.stdout.isatty():
        from driftline.cli.terminal import print_markdown

        print_markdown(page)
    else:
        sys.stdout.write(page)
    return 0
