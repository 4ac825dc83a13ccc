"""Every fix of every rule, on the rule's own page: it cures its finding, brings no other, and does what the page shows.

`DRIFTLINE_UPDATE_PAGES=1` writes the `diff fix` fences of the pages anew.
"""

from __future__ import annotations

import ast
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.fixes import Fix, fixes_for
from driftline.fixes.differing import unified
from driftline.rules import RULES
from driftline.rules.finding import Finding
from driftline.rules.rule import Fixable, Rule
from driftline.sources.memory import MemorySource
from driftline.text import apply_edits
from tests.rules.test_pages import FOLDER, page, stem
from tests.support.mdtest import Case
from tests.support.project import DEFAULTS, ROOT

UPDATE = os.environ.get("DRIFTLINE_UPDATE_PAGES") == "1" and not os.environ.get("CI")
FENCE = re.compile(r"^```diff fix\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def texts_of(case: Case) -> dict[str, str]:
    """The files of a case by absolute path, with the configuration that it leaves out."""
    own = any(path.endswith(".ini") for path in case.files)
    files = dict(case.files) if own else {**DEFAULTS, **case.files}
    return {f"{ROOT}/{path}": text for path, text in files.items()}


def analyses(texts: Mapping[str, str]) -> list[Analysis]:
    """Every environment of a project, read to the end."""
    return [analysis(work) for work in open_project(ROOT, Session(MemorySource(dict(texts)))).works]


def identities(found: list[Analysis]) -> Counter[tuple[object, ...]]:
    """What is found, however it is worded."""
    return Counter((each.rule, each.table, each.object, each.revision) for one in found for each in one.findings)


def applied(fix: Fix, texts: Mapping[str, str]) -> dict[str, str]:
    """The project after a fix; no file is made twice."""
    assert not fix.creates.keys() & texts.keys()
    edited = {path: apply_edits(texts[path], edits) for path, edits in fix.edits.items()}
    return {**texts, **edited, **fix.creates}


def flagged(rule: Rule) -> Iterator[tuple[Case, Analysis, Finding]]:
    """The findings of a rule on its own page."""
    for case in page(rule).cases:
        for one in analyses(texts_of(case)):
            for finding in one.findings:
                if finding.rule == rule.name:
                    yield case, one, finding


@cache
def offered(rule: Rule) -> tuple[tuple[Case, Finding, str, Fix | None], ...]:
    """Every fix that is offered on a rule's page, built."""
    return tuple(
        (case, finding, offer.title, offer.build())
        for case, one, finding in flagged(rule)
        for offer in fixes_for(finding, one)
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_fix_cures_its_finding(rule: Rule) -> None:
    """A fix that is offered can be built, its finding is gone afterwards, and no other has come."""
    for case, finding, title, fix in offered(rule):
        assert fix is not None, title
        texts = texts_of(case)
        before = identities(analyses(texts))
        after = identities(analyses(applied(fix, texts)))
        one = (finding.rule, finding.table, finding.object, finding.revision)

        assert after[one] < before[one], f"not cured: {title}"
        assert {} == {each: number for each, number in after.items() if number > before[each]}, title


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_fix_leaves_the_rest_alone(rule: Rule) -> None:
    """What is edited is Python again; but for imports, one statement at the top of the file is another than before."""
    for case, _, title, fix in offered(rule):
        assert fix is not None, title
        texts = texts_of(case)
        for path, text in applied(fix, texts).items():
            if not path.endswith(".py") or text == texts.get(path):
                continue
            assert ast.parse(text), title
            if path in texts:
                gone = Counter(statements(texts[path])) - Counter(statements(text))
                if any(one.startswith("revision = ") for one in gone):  # the parent goes with the id
                    gone = Counter(one for one in gone if not one.startswith("down_revision = "))
                assert gone.total() <= 1, f"{title} changed {list(gone)}"


def statements(text: str) -> list[str]:
    """The statements at the top of a module, but for imports, as they are written."""
    tree = ast.parse(text)
    written = [one for one in tree.body if not isinstance(one, ast.Import | ast.ImportFrom)]
    return [ast.get_source_segment(text, one) or "" for one in written]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_whether_it_has_fixes(rule: Rule) -> None:
    """Rules that never have fixes have none here; all others show some."""
    assert (rule.fix is not Fixable.NEVER) == bool(offered(rule)), rule.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_shows_its_fixes(rule: Rule) -> None:
    """The page has a fence for each fix of its first finding, in the order in which they are offered."""
    path = FOLDER / f"{stem(rule)}.md"
    text = path.read_text(encoding="utf-8")
    shown = FENCE.findall(text)
    wanted = list(fences(rule))
    if UPDATE and shown != wanted:
        path.write_text(with_fences(text, wanted), encoding="utf-8")
        shown = wanted

    assert wanted == shown


def fences(rule: Rule) -> Iterator[str]:
    """What the fixes of a rule's first finding do, each as its title and a diff without the comments of the page."""
    first = next(iter(flagged(rule)), None)
    for case, finding, title, fix in offered(rule):
        if first is None or finding != first[2] or case.title != first[0].title or fix is None:
            continue
        texts = texts_of(case)
        diffs = [
            unified(texts.get(path, ""), text, path.removeprefix(f"{ROOT}/"))
            for path, text in applied(fix, texts).items()
            if text != texts.get(path)
        ]
        yield f"# {title}\n{''.join(diffs)}"


def with_fences(text: str, wanted: list[str]) -> str:
    """The page with these fences at the end of the section about fixes."""
    text = re.sub(r"(?:\n?^```diff fix\n.*?^```\n)+", "", text, flags=re.MULTILINE | re.DOTALL)
    if not wanted:
        return text
    blocks = "".join(f"\n```diff fix\n{one}```\n" for one in wanted)
    heading = "## Fix and its safety"
    assert heading in text, "the page has no section about fixes"
    start = text.index(heading)
    end = text.find("\n## ", start + 1)
    end = len(text) if end < 0 else end
    return f"{text[:end].rstrip()}\n{blocks}{text[end:]}"
