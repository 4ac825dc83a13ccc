"""Cures of the revision graph: merging heads, putting a revision behind another, giving one an id of its own.

Example: for two heads there are a merge revision, and `down_revision = "0002a"` in the first revision of the other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from driftline.fixes.fix import FixOffer, edit_offer
from driftline.fixes.layout import literal
from driftline.fixes.model_edit import Edits
from driftline.fixes.project import Project
from driftline.fixes.revision import id_in_name, next_id
from driftline.fixes.scaffold import merge, own_label
from driftline.fixes.written import quote_of
from driftline.migrations.graph import Graph, Revision, ancestors, descendants
from driftline.python.syntax import Syntax
from driftline.rules.finding import Finding
from driftline.sources.paths import file_name
from driftline.text import Span, TextEdit

_NEAR = 0.8
"""From when on two ids are nearly the same, by the measure of `difflib`."""


def offers_for_heads(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to merge the heads; of two, also to put one branch behind the other."""
    graph = project.graph
    if finding.revision not in graph.heads:
        return
    label = own_label(graph, finding.revision)
    heads = [head for head in graph.heads if own_label(graph, head) == label]
    ordered = sorted(heads)
    title = f"Create a revision that merges {_and(ordered)}"
    if project.source is not None:
        yield FixOffer(title, "unsafe", lambda: merge(project, ordered, title=title), revision=True)
    if len(heads) == 2:  # noqa: PLR2004 -- of more, two that follow each other would leave the others
        (other,) = (head for head in heads if head != finding.revision)
        for moved, onto in ((finding.revision, other), (other, finding.revision)):
            first = _first_of(moved, heads, graph)
            if first is not None:
                before = next(iter(graph.revisions[first].down_revisions), None)
                yield from edit_offer(f"Rebase {first} onto {onto}", set_parent(project, first, before, onto))


def _first_of(head: str, heads: Sequence[str], graph: Graph) -> str | None:
    """Give the revision with which the history of `head` alone begins.

    None where that is no straight line, or where what it follows would be a head then: another one needs it, by
    `depends_on`, and does not follow it.
    """
    own = ancestors(graph, (head,)) - ancestors(graph, (one for one in heads if one != head))
    first = [one for one in own if not own & set(graph.revisions[one].down_revisions)]
    if len(first) != 1 or any(len(graph.revisions[one].down_revisions) > 1 for one in own):
        return None
    left = set(graph.revisions[first[0]].down_revisions)
    left -= {parent for one in graph.revisions.values() if one.id != first[0] for parent in one.down_revisions}
    return None if left else first[0]


def offers_of_parents(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the parent that was meant: one of nearly that name, or the only head that does not come behind it."""
    graph, revision = project.graph, finding.revision
    missing = [parent for one, parent in graph.missing if one == revision]
    if revision is None or revision not in graph.revisions or len(missing) != 1:
        return
    behind = descendants(graph, revision)
    before = ancestors(graph, graph.revisions[revision].down_revisions)  # the other parents, and theirs
    others = [one for one in graph.revisions if one not in behind]
    near = get_close_matches(missing[0], [one for one in others if one not in before], n=1, cutoff=_NEAR)
    followed = {parent for one in others for parent in graph.revisions[one].down_revisions} | before
    heads = [one for one in others if one not in followed]
    for parent in dict.fromkeys([*near, *(heads if len(heads) == 1 else [])]):
        yield from edit_offer(f"Let {revision} follow {parent}", set_parent(project, revision, missing[0], parent))


def offers_of_dependencies(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer the dependency that was meant: one of nearly that name."""
    graph, revision = project.graph, finding.revision
    missing = [name for one, name in graph.missing_dependencies if one == revision]
    if revision is None or revision not in graph.revisions or len(missing) != 1:
        return
    behind = descendants(graph, revision)
    others = [one for one in graph.revisions.values() if one.id not in behind]
    names = [*(one.id for one in others), *(label for one in others for label in one.branch_labels)]
    near = get_close_matches(missing[0], names, n=2, cutoff=_NEAR)
    path = graph.revisions[revision].path
    syntax = project.syntax(path)
    node = None if syntax is None else _saying(syntax, "depends_on", missing[0])
    if syntax is not None and node is not None and len(near) == 1:
        edit = TextEdit(syntax.span(node), literal(near[0], quote_of(syntax.text)))
        yield from edit_offer(f"Let {revision} depend on {near[0]}", {path: (edit,)})


def set_parent(project: Project, revision: str, old: str | None, new: str) -> Edits | None:
    """Give the edit that makes `revision` follow `new` in place of `old` (None: of nothing); its docstring says it."""
    path = project.graph.revisions[revision].path
    syntax = project.syntax(path)
    edits = None if syntax is None else _said_anew(syntax, "down_revision", "Revises", old, new)
    return None if edits is None else {path: edits}


def _said_anew(syntax: Syntax, name: str, label: str, old: str | None, new: str) -> tuple[TextEdit, ...] | None:
    """Give the edits that say `new` in place of `old` in what `name` is, and behind `label` in the docstring.

    None where the file does not say `old` there, word for word.
    """
    value = _saying(syntax, name, old)
    if value is None:
        return None
    edits = [TextEdit(syntax.span(value), literal(new, quote_of(syntax.text)))]
    first = syntax.tree.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        span = syntax.span(first)
        written = rf"[^\r\n]*?(?<!\w){re.escape(old)}(?!\w)" if old is not None else r"[ \t]*(?=\r?$)"
        said = re.search(rf"^{label}:{written}", syntax.text[span.start : span.end], re.MULTILINE)
        if said is not None:
            end = span.start + said.end()
            lead = " " if said[0] == f"{label}:" else ""
            edits.insert(0, TextEdit(Span(end - len(old or ""), end), lead + new))
    return tuple(edits)


def _saying(syntax: Syntax, name: str, value: str | None) -> ast.Constant | None:
    """Give the node that says `value` in what a module assigns to `name`: all of it, or an element; None without."""
    said = assigned(syntax.tree, name)
    nodes = said.elts if isinstance(said, ast.Tuple | ast.List | ast.Set) else [said]
    found = [one for one in nodes if isinstance(one, ast.Constant) and one.value == value]
    return found[0] if len(found) == 1 else None


def assigned(tree: ast.Module, name: str) -> ast.expr | None:
    """Give what a module assigns to `name`, at its top level; None where it does not."""
    for node in reversed(tree.body):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            return node.value
    return None


def _and(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


# ---------------------------------------------------------------------------------------------------------------------
# Ids


def offers_of_ids(finding: Finding, project: Project) -> Iterator[FixOffer]:
    """Offer to give one of two files with the same id another one, where it is clear who follows whom then."""
    graph = project.graph
    own = [one for one in graph.duplicates if one.id == finding.revision]
    used = graph.revisions.get(finding.revision or "")
    if len(own) != 1 or used is None:
        return
    pair = own[0], used
    for one, other in (pair, pair[::-1]):
        found = _renamed(one, other, project)
        if found is not None:
            identifier, parent, edits = found
            behind = f", behind {parent}" if parent is not None else ""
            yield from edit_offer(f"Give {file_name(one.path)} the id {identifier}{behind}", edits)


def _renamed(one: Revision, other: Revision, project: Project) -> tuple[str, str | None, Edits] | None:
    """Give the new id of `one`, what it follows then where that is new, and the edits; None where that is not clear.

    The id is the one that its file is called by, which those who name it already then mean; else a new one, and then
    nobody may follow the two of them, as it cannot be told which was meant.
    """
    graph = project.graph
    syntax = project.syntax(one.path)
    called, others = id_in_name(graph, one.path), id_in_name(graph, other.path)
    behind, siblings = one.down_revisions == (one.id,), one.down_revisions == other.down_revisions
    followed = any(one.id in each.down_revisions for each in graph.revisions.values() if each is not one)
    if called is not None and called not in graph.revisions:
        identifier = called
    elif (others is not None and others not in graph.revisions) or not (behind or (siblings and not followed)):
        return None
    else:
        identifier = next_id(graph, one.id, file_name(one.path))
    parent = one.id if siblings and not followed else None
    edits = None if syntax is None else _said_anew(syntax, "revision", "Revision ID", one.id, identifier)
    before = one.down_revisions[0] if len(one.down_revisions) == 1 else None
    moved = None if syntax is None else _said_anew(syntax, "down_revision", "Revises", before, one.id) if parent else ()
    return None if edits is None or moved is None else (identifier, parent, {one.path: (*edits, *moved)})
