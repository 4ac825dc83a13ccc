"""Every rule has a page, and every page is true: its examples are run, and find what it says that they find."""

from __future__ import annotations

import re
from importlib import import_module, resources
from pathlib import Path

import pytest

from driftline.rules import RULES
from driftline.rules.rule import Rule
from tests.support.mdtest import Case, Page, assertions, read_page

FOLDER = Path(str(resources.files("driftline.rules")))
SECTIONS = (
    "What it finds",
    "Why it matters",
    "Example",
    "Use instead",
    "Fix and its safety",
    "Limits",
    "Settings",
    "Mirrors",
)


def stem(rule: Rule) -> str:
    """The name of a rule's module and page."""
    return rule.name.replace("-", "_")


def page(rule: Rule) -> Page:
    """A rule's page, read."""
    return read_page((FOLDER / f"{stem(rule)}.md").read_text(encoding="utf-8"))


CASES = [(rule, case) for rule in RULES for case in page(rule).cases]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule.name}: {case.title}" for rule, case in CASES])
def test_example(rule: Rule, case: Case) -> None:
    """An example gives the findings that its comments say, in every file, and no others."""
    failures = case.failures()

    assert [] == failures, "\n".join(["", f"{rule.name}, line {case.line}:", *failures])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_page(rule: Rule) -> None:
    """A page is called as its rule, has the sections in their order, and one flagged and one clean example at least."""
    read = page(rule)
    flagged = [any(list(assertions(path, text)) for path, text in case.files.items()) for case in read.cases]

    assert rule.name == read.title
    assert [one for one in SECTIONS if one in read.sections] == list(read.sections)
    assert set(SECTIONS) - {"Settings"} <= set(read.sections)
    assert {True, False} == set(flagged)
    assert any(
        one.rule == rule.name
        for case in read.cases
        for path, text in case.files.items()
        for one in assertions(path, text)
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_section_says_something(rule: Rule) -> None:
    """No section is empty; a rule's options and the tools whose rules it mirrors are named, and no fix is denied."""
    text = (FOLDER / f"{stem(rule)}.md").read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in text.split("\n## ")[1:]}

    assert [] == [title for title, body in sections.items() if not body]
    assert [] == [one.name for one in rule.options if f"`{one.name}`" not in sections.get("Settings", "")]
    assert [] == [one for one in rule.sources if one.partition(":")[0] not in sections["Mirrors"].lower()]
    assert not ("```diff fix" in text and sections["Fix and its safety"].startswith("None is offered:"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule(rule: Rule) -> None:
    """A rule's name is its module's, in kebab case; its summary is a clause."""
    module = import_module(f"driftline.rules.{stem(rule)}")

    assert rule is module.RULE
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert not rule.summary[0].isupper()
    assert not rule.summary.endswith(".")


def test_every_rule_is_listed() -> None:
    """Every module that has a rule is listed in `RULES`, once, and every page belongs to a rule."""
    modules = [
        path for path in FOLDER.glob("*.py") if re.search(r"^RULE = ", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert sorted(path.stem for path in modules) == sorted(map(stem, RULES))
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(map(stem, RULES))
