"""Running blocks, and following branches whose condition is not known or does not hold.

Where a condition is Unknown, both branches are followed. A guard, which does no work and leaves the block, is not
taken, and what comes after it is conditional. Where one branch does work that the host wants, it is assumed; else what
both agree on is kept, and what they disagree on is Unknown. Effects of a branch that is not kept are undone.

Where a condition is known, the other branch is followed in shadow if the host asks for that and it would do work.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from driftline.dataclass import replace
from driftline.python.budget import TOO_DEEP, Exhausted
from driftline.python.exceptions import Raised, matches
from driftline.python.host import Branch, Taken
from driftline.python.interest import calls_wanted, does_work, ends_in_jump
from driftline.python.interpreter import STATEMENTS, Interpreter, Signal, evaluate
from driftline.python.journal import MISSING, Change, Journal, put
from driftline.python.origin import Origin
from driftline.python.scope import Assumption, bound_names
from driftline.python.values import Annotation, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from driftline.python.scope import Frame, Scope

Body = Callable[[], "Signal | None"]


def execute(run: Interpreter, body: list[ast.stmt], scope: Scope) -> Signal | None:
    """Run a block; give how it was left before its end, None where it was not."""
    depth = run.depth
    run.deeper()
    for statement in body:
        run.steps -= 1
        if run.steps < 0:
            run.charge(0)
        signal = STATEMENTS[type(statement)](run, statement, scope)
        if signal is not None:
            if run.follow and run.jumped_at is not None:
                _follow_rest(run, body, statement, scope)
            run.depth = depth
            return signal
    run.depth = depth
    return None


def execute_each(run: Interpreter, body: list[ast.stmt], scope: Scope) -> Signal | None:
    """Run the block of a module or of an entry function: each statement has a budget of its own.

    One that fails, where the program does not await it, makes what it binds Unknown.
    """
    depth = run.depth
    run.deeper()
    left = run.steps
    for statement in body:
        allowed = run.steps = max(0, min(run.budget.statement_steps, run.total))
        signal: Signal | None = None
        try:
            run.charge(1)
            signal = STATEMENTS[type(statement)](run, statement, scope)
        except Raised as error:
            run.depth = depth + 1
            if is_meant(error, statement, scope) or is_awaited(run, error):
                raise
            _give_up(run, error.reason, statement, scope)
        except (Exhausted, RecursionError) as error:
            run.depth = depth + 1
            if run.kept is not None:
                run.kept.spoil("it was not run to its end")
            _give_up(run, error.reason if isinstance(error, Exhausted) else TOO_DEEP, statement, scope)
        finally:
            # What statements of modules that it imported have used is off the total already.
            run.total -= min(allowed, allowed - run.steps)
            run.steps = left
        if signal is not None:
            if run.follow and run.jumped_at is not None:
                _follow_rest(run, body, statement, scope)
            run.depth = depth
            return signal
    run.depth = depth
    return None


def execute_body_of_class(run: Interpreter, body: list[ast.stmt], scope: Scope) -> None:
    """Run the block of a class: a statement that fails, where the program does not await it, takes nothing with it."""
    depth = run.depth
    run.deeper()
    for statement in body:
        try:
            run.charge(1)
            STATEMENTS[type(statement)](run, statement, scope)
        except Raised as error:
            run.depth = depth + 1
            if is_meant(error, statement, scope) or is_awaited(run, error):
                raise
            _give_up(run, error.reason, statement, scope)
    run.depth = depth
    if scope.cls is not None and len(scope.cls.origins) < len(scope.names):
        # `locals()["x"] = …` binds names, too, as a loop over columns does.
        for name in scope.names:
            scope.cls.origins.setdefault(name, scope.cls.origin)


def is_meant(error: Raised, statement: ast.stmt, scope: Scope) -> bool:
    """Whether `error`, of a statement in `scope`, is what the program means to do.

    That is a `raise` of the function itself. One in something that it called, or on a module's way, is what a program
    does when something is missing: it is not missing where the program works, so that is a misreading of ours.
    """
    if not error.explicit or error.frame is not scope.frame:
        return False
    return scope.frame.function is not None or isinstance(statement, ast.Raise)


def is_awaited(run: Interpreter, error: Raised) -> bool:
    """Whether a `try` statement around here, or `contextlib.suppress`, catches `error`."""
    if run.kept is not None:
        run.kept.offers_error()
    return any(awaits(error) for awaits in reversed(run.awaited))


def caught_by(run: Interpreter, handlers: list[ast.ExceptHandler], scope: Scope) -> Callable[[Raised], bool]:
    """Give whether a `try` with these handlers catches an error."""

    def catches(error: Raised) -> bool:
        for handler in handlers:
            if handler.type is None:
                return True
            try:
                if matches(error, evaluate(run, handler.type, scope)):
                    return True
            except (Raised, Exhausted):
                continue
        return False

    return catches


def _give_up(run: Interpreter, reason: str, statement: ast.stmt, scope: Scope) -> None:
    """Make everything that `statement` would have bound Unknown."""
    unknown = run.unknown(reason, statement, scope)
    run.jumped_at = None
    for name in bound_names(statement):
        run.changing_key(scope.names, name)
        scope.names[name] = unknown
        if scope.cls is not None:
            run.changing_key(scope.cls.origins, name)
            scope.cls.origins[name] = unknown.origin


# ---------------------------------------------------------------------------------------------------------------------
# Following


def shadow(run: Interpreter, body: Body, scope: Scope, condition: str, node: ast.AST) -> None:
    """Follow a block that Python would not run, telling the host so, and undo what it did."""
    outer, outer_shadow = run.journal, run.shadow
    run.journal = run.shadow = journal = Journal()
    frame = scope.frame
    result, on_yield, jumped_at, depth = frame.result, frame.on_yield, run.jumped_at, run.depth
    open_loop, ends, results = frame.open_loop, frame.ends, frame.results
    if on_yield is not None:
        frame.on_yield = _ignore
    frame.ends, frame.results = [], []
    try:
        with run.host.branch(Branch(Taken.UNTAKEN, condition, run.origin(node, scope))):
            try:
                body()
            except Raised:
                pass  # What does not happen may fail.
            except Exhausted as error:
                run.unknown(error.reason, node, scope)
            finally:
                leave(frame, 0)
    finally:
        journal.undo()
        run.journal, run.shadow = outer, outer_shadow
        frame.result, frame.on_yield, run.jumped_at, run.depth = result, on_yield, jumped_at, depth
        frame.open_loop, frame.ends, frame.results = open_loop, ends, results


def _ignore(value: Value) -> Value:
    del value


@contextmanager
def assuming(run: Interpreter, condition: str, node: ast.AST, scope: Scope, value: Value = None) -> Iterator[None]:
    """Follow a branch as the one that is taken, though that is not known: the condition has come out as `value`."""
    looked = isinstance(value, Unknown) and value.looked
    run.assumed += 1
    try:
        with run.host.branch(Branch(Taken.ASSUMED, condition, run.origin(node, scope), looked)):
            yield
    finally:
        run.assumed -= 1


def assume_from_here(
    run: Interpreter, condition: str, node: ast.AST, scope: Scope, lasts: Signal, value: Value = None
) -> None:
    """Take everything from here on as conditional: until what the signal `lasts` would leave has ended."""
    frame = scope.frame
    if any(one.node is node for one in frame.ends):
        return  # of an earlier turn of the loop
    context = assuming(run, condition, node, scope, value)
    context.__enter__()
    frame.ends.append(Assumption(node, lasts, lambda: context.__exit__(None, None, None)))


_LASTS = {Signal.CONTINUE: 0, Signal.BREAK: 1, Signal.RETURN: 2}


def leave(frame: Frame, mark: int, what: Signal = Signal.RETURN) -> None:
    """End what was assumed since there were `mark` assumptions, as `what` ends: a loop's turn, a loop, or a frame.

    They end in the reverse order of their beginning: one that lasts longer keeps those before it.
    """
    ends = frame.ends
    while len(ends) > mark and _LASTS[ends[-1].lasts] <= _LASTS[what]:
        ends.pop().end()


def _follow_rest(run: Interpreter, body: list[ast.stmt], statement: ast.stmt, scope: Scope) -> None:
    """Follow in shadow what an early jump has left out."""
    rest = body[body.index(statement) + 1 :]
    jumped_at = run.jumped_at
    if rest and jumped_at is not None and calls_wanted(run, rest, scope):
        shadow(run, lambda: execute(run, rest, scope), scope, jumped_at[1], jumped_at[0])


class _Followed:
    """What came of following a block in a journal of its own."""

    __slots__ = ("changes", "journal", "raised", "result", "signal")

    def __init__(self) -> None:
        self.journal = Journal()
        self.signal: Signal | None = None
        self.raised: Raised | None = None
        self.result: Value = None
        self.changes: dict[tuple[int, str | None], Change] = {}


def _follow(run: Interpreter, body: Body, scope: Scope) -> _Followed:
    """Run a block, keep what it changed, and undo it."""
    followed = _Followed()
    outer, run.journal = run.journal, followed.journal
    frame, depth = scope.frame, run.depth
    before = frame.result
    try:
        try:
            followed.signal = body()
        except Raised as error:
            followed.raised = error
        followed.result = frame.result
        followed.changes = {(id(one.owner), one.key): one for one in followed.journal.changes()}
    finally:
        followed.journal.undo()
        run.journal = outer
        frame.result, run.depth = before, depth
    return followed


def follow_both(run: Interpreter, one: Body, other: Body, scope: Scope, reason: Unknown) -> Signal | None:
    """Follow two blocks of which one is run, it is not known which, and keep what they agree on."""
    with run.host.either(reason):
        first = _follow(run, one, scope)
        second = _follow(run, other, scope)
    frame = scope.frame
    if first.raised and second.raised:
        raise first.raised
    # A branch that fails, in a program that works, is the one that is not taken.
    kept = second if first.raised else first if second.raised else None
    if kept is None and first.signal is not second.signal:
        # One goes on, the other jumps: that is a guard.
        jumped, kept = (first, second) if first.signal else (second, first)
        if jumped.signal is Signal.RETURN:
            frame.results.append((jumped.result, reason))
        frame.open_loop = True
    if kept is not None:
        _redo(run, kept.changes.values())
        frame.result = kept.result if kept.signal is Signal.RETURN else frame.result
        return kept.signal
    for place in {**first.changes, **second.changes}:
        _merge(run, first.changes.get(place), second.changes.get(place), reason)
    if first.signal is Signal.RETURN:
        frame.result = merged(run, first.result, second.result, reason)
    return first.signal


def _redo(run: Interpreter, changes: object) -> None:
    for change in changes:  # type: ignore[attr-defined]
        _write(run, change.owner, change.key, change.after)


def _write(run: Interpreter, owner: Value, key: str | None, value: Value) -> None:
    if key is None:
        run.changing(owner)
        put(owner, value)
    elif value is MISSING:
        run.changing_key(owner, key)
        owner.pop(key, None)
    else:
        run.changing_key(owner, key)
        owner[key] = value


def _merge(run: Interpreter, one: Change | None, other: Change | None, reason: Unknown) -> None:
    """Keep in one place what two branches agree on."""
    known = one or other
    if known is None:
        return
    first = one.after if one else known.before
    second = other.after if other else known.before
    owner, key = known.owner, known.key
    if isinstance(first, (Origin, Annotation)) or isinstance(second, (Origin, Annotation)):
        _write(run, owner, key, second if first is MISSING else first)
        return
    if key is not None:
        _write(run, owner, key, merged(run, first, second, reason))
        return
    run.charge(len(first) + len(second))
    run.record(reason)
    if isinstance(owner, list):
        _write(run, owner, None, _merged_list(first, second, reason))
    elif isinstance(owner, dict):
        both = {
            name: first[name] if name in first and name in second and same(first[name], second[name]) else reason
            for name in {**first, **second}
        }
        _write(run, owner, None, both)
    else:
        _write(run, owner, None, first if first == second else (first & second) | {reason})


def _merged_list(first: list[Value], second: list[Value], reason: Unknown) -> list[Value]:
    """Keep what two versions of a list begin and end with; what is between is not known."""
    length = min(len(first), len(second))
    start = 0
    while start < length and same(first[start], second[start]):
        start += 1
    end = 0
    while end < length - start and same(first[-1 - end], second[-1 - end]):
        end += 1
    if start == len(first) == len(second):
        return first
    differing = max(len(first), len(second)) - start - end
    return first[:start] + [reason] * differing + first[len(first) - end :]


_LEVELS = 4
"""How deep containers that two branches have made are compared."""


def merged(run: Interpreter, one: Value, other: Value, reason: Unknown, levels: int = _LEVELS) -> Value:
    """Give what is known of a value that is either `one` or `other`: of two dicts or lists, what they agree on."""
    if same(one, other):
        return one
    kind = type(one)
    if kind is type(other) and levels and kind in (dict, tuple, list):
        run.charge(len(one) + len(other))
        if kind is dict:
            return {
                key: merged(run, one[key], other[key], reason, levels - 1)
                if key in one and key in other
                else run.record(reason)
                for key in {**one, **other}
            }
        if len(one) == len(other):
            return kind([merged(run, *pair, reason, levels - 1) for pair in zip(one, other, strict=True)])
    return run.record(reason)


def same(one: Value, other: Value) -> bool:
    """Whether two branches have come to the same value."""
    if one is other:
        return True
    if type(one) is not type(other) or type(one) in (list, dict, set, Unknown):
        return False
    if type(one) in (tuple, frozenset):
        return type(one) is tuple and len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


# ---------------------------------------------------------------------------------------------------------------------
# Choices


def depends_on(run: Interpreter, condition: ast.expr, value: Value, scope: Scope) -> Unknown:
    """Make the reason why something depends on a condition; not recorded, as it may turn out not to matter."""
    text = text_of_node(condition, scope)
    why = f": {value.reason}" if isinstance(value, Unknown) else ""
    found = run.possibly(f"it depends on `{text}`{why}", condition, scope)
    return replace(found, looked=True) if isinstance(value, Unknown) and value.looked else found


def text_of_node(node: ast.AST, scope: Scope) -> str:
    """Give the source of `node`, on one line, not too long."""
    syntax = scope.module.syntax
    text = " ".join(syntax.segment(node).split()) if syntax is not None else ""
    return text if len(text) <= 120 else text[:119] + "…"  # noqa: PLR2004


def choose(
    run: Interpreter,
    condition: ast.expr,
    value: Value,
    body: list[ast.stmt],
    orelse: list[ast.stmt],
    scope: Scope,
) -> Signal | None:
    """Run an `if` whose condition has come out as `value`, of which it is not known whether it is true."""
    text = text_of_node(condition, scope)
    work, other_work = does_work(run, body, scope), does_work(run, orelse, scope)
    jump, other_jump = (None if work else ends_in_jump(body)), (None if other_work else ends_in_jump(orelse))

    if isinstance(jump, ast.Raise) and not isinstance(other_jump, ast.Raise):
        return execute(run, orelse, scope)  # A program that works does not come to its `raise`.
    if isinstance(other_jump, ast.Raise) and not isinstance(jump, ast.Raise):
        return execute(run, body, scope)
    if (jump is None) != (other_jump is None):
        guard, rest, negated = (body, orelse, True) if jump else (orelse, body, False)
        return _pass_guard(run, condition, value, (guard, rest), scope, f"not ({text})" if negated else text)
    if work or other_work:
        assumed, other, negated = (body, orelse, False) if work else (orelse, body, True)
        if work and other_work and run.follow:
            shadow(run, lambda: execute(run, other, scope), scope, f"not ({text})", condition)
        with assuming(run, f"not ({text})" if negated else text, condition, scope, value):
            signal = execute(run, assumed, scope)
        if signal is not None:
            run.jumped_at = (condition, text if negated else f"not ({text})")
        return signal

    def follow(block: list[ast.stmt], condition_text: str) -> Body:
        def body_of_branch() -> Signal | None:
            with assuming(run, condition_text, condition, scope, value):
                return execute(run, block, scope)

        return body_of_branch

    reason = depends_on(run, condition, value, scope)
    return follow_both(run, follow(body, text), follow(orelse, f"not ({text})"), scope, reason)


def _pass_guard(
    run: Interpreter,
    condition: ast.expr,
    value: Value,
    blocks: tuple[list[ast.stmt], list[ast.stmt]],
    scope: Scope,
    text: str,
) -> Signal | None:
    """Go past a guard: it is not taken, and what comes after it is conditional."""
    guard, rest = blocks
    frame = scope.frame
    if isinstance(guard[-1], ast.Return):
        followed = _follow(run, lambda: execute(run, guard, scope), scope)
        if followed.signal is Signal.RETURN and followed.raised is None:
            frame.results.append((followed.result, depends_on(run, condition, value, scope)))
    frame.open_loop = True
    lasts = _JUMPS.get(type(guard[-1]), Signal.RETURN)
    assume_from_here(run, text, condition, scope, lasts, value)
    return execute(run, rest, scope)


_JUMPS: dict[type[ast.stmt], Signal] = {ast.Continue: Signal.CONTINUE, ast.Break: Signal.BREAK}


def once_or_not(run: Interpreter, body: Body, scope: Scope, reason: Unknown, condition: str, node: ast.AST) -> None:
    """Follow a loop's body once, for a loop of which it is not known whether it runs at all."""

    def once() -> Signal | None:
        with assuming(run, condition, node, scope, reason):
            signal = body()
        if signal is Signal.RETURN:
            scope.frame.results.append((scope.frame.result, reason))
        return None

    follow_both(run, once, _nothing, scope, reason)


def _nothing() -> None:
    return None


def result_of(run: Interpreter, frame: Frame, worked: int) -> Value:
    """Give what a frame returns, in view of the guards that it passed; `worked`: what had been done when it began."""
    result = frame.result
    if frame.results and run.worked == worked:
        for other, reason in frame.results:
            if not same(result, other):
                result = merged(run, result, other, reason)
    return result
