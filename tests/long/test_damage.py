"""A project in which anything may be broken: every feature answers, and what heals is healed."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from driftline.engine.analyse import analysis
from driftline.engine.project import open_project
from driftline.engine.remembered import keep, remember
from driftline.engine.session import Session
from driftline.ide.code_actions import build, fix_all, migration, offers_at
from driftline.ide.diagnostics import diagnostics
from driftline.ide.hover import hover_at
from driftline.ide.settings_completion import completions_at
from driftline.ide.view import View
from driftline.lsp.texts import Texts
from driftline.report.audit import build_audit
from driftline.report.markdown import render
from driftline.sources.memory import MemorySource
from driftline.sources.source import FileText
from driftline.text import Span
from tests.engine.test_incremental import told
from tests.long import effort
from tests.long.copies import NAMES, in_memory
from tests.long.damage import damaged

pytestmark = pytest.mark.long

POSITIONS = 5
"""How many places of a broken file are hovered, completed and asked for actions."""

FILES = {name: in_memory(name) for name in NAMES}
SOUND: dict[str, dict[str, Any]] = {}
"""What is said of the fixtures as they are, once it was asked for."""

SEEDS = st.integers(0, 2**32)
"""A failure tells its seed; shrinking it would take longer than all else, and make it no clearer."""
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


def sound(name: str) -> dict[str, Any]:
    """Give what is said of a fixture as it is."""
    if name not in SOUND:
        SOUND[name] = told(Session(MemorySource(FILES[name])), f"/{name}")
    return SOUND[name]


def use(session: Session, root: str, path: str, chance: Random) -> None:
    """Ask for everything that an editor or a reader asks for."""
    project = open_project(root, session)
    analyses = tuple(analysis(work) for work in project.works)
    for one in analyses:
        render(build_audit(one))
    file = session.source.read(path)
    if not isinstance(file, FileText):
        return
    known = {syntax.path: syntax for one in analyses if (syntax := one.syntax(path)) is not None}
    texts = Texts(known.get, {path: file.text})
    view = View(analyses, texts.syntax, texts.span_of, project.problems)
    diagnostics(view)
    fix_all(view, path)
    migration(view, path)
    for _ in range(POSITIONS):
        offset = chance.randint(0, len(file.text))
        hover_at(view, path, offset)
        completions_at(path, file.text, offset)
        for offer in offers_at(view, path, Span(offset, chance.randint(offset, len(file.text)))):
            build(view, offer.key)


@hypothesis_settings(max_examples=effort.times(150), phases=UNSHRUNK)
@given(st.sampled_from(NAMES), SEEDS)
def test_a_damaged_file_and_its_healing(name: str, seed: int) -> None:
    """One to three files break: the session says what a new one does; they heal, and it says what it said at first."""
    chance, root, expected = effort.chance(seed), f"/{name}", sound(name)
    source = MemorySource(FILES[name])
    session = Session(source)
    told(session, root)
    paths = chance.sample(sorted(FILES[name]), chance.randint(1, 3))
    for path in paths:
        source.write(path, damaged(FILES[name][path], chance))

    assert told(Session(source.copy()), root) == told(session, root)
    use(session, root, paths[0], chance)

    for path in paths:
        source.write(path, FILES[name][path])
    assert expected == told(session, root)


@hypothesis_settings(max_examples=effort.times(60), phases=UNSHRUNK)
@given(st.sampled_from(NAMES), SEEDS)
def test_a_damaged_file_and_a_new_process(name: str, seed: int) -> None:
    """What a process kept of a damaged project does not mislead the next one, which finds it healed."""
    chance, root, expected = effort.chance(seed), f"/{name}", sound(name)
    source = MemorySource(FILES[name])
    for path in chance.sample(sorted(FILES[name]), chance.randint(1, 3)):
        source.write(path, damaged(FILES[name][path], chance))
    first = Session(source)
    broken = told(first, root)
    for work in open_project(root, first).works:
        keep(work)

    second = Session(source)
    for work in open_project(root, second).works:
        remember(work)
    assert broken == told(second, root)

    third = Session(MemorySource(FILES[name]))
    for work in open_project(root, third).works:
        remember(work)
    assert expected == told(third, root)
