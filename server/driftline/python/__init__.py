"""Parsing, and static evaluation: a module's names to values with origins. Knows Python, nothing of SQLAlchemy.

In reading order: `values` and `origin` (what comes out), `host` (who is told and asked), `syntax` and `site_table` (one
file), `modules` (which file), `evaluator` (the way in), then what it is made of: `interpreter` (the state, and the two
tables that dispatch on syntax), `expressions`, `statements`, `branches`, `functions`, `classes`, `imports`; `calls`,
`attributes`, `operators`, `iteration`, `methods` (by kind of value); `builtins_functions`, `stdlib`, `files`, `regex`,
`enums`, `records` (by name); `budget` and `journal` (what keeps it bounded, and what undoes a branch); `kept`
(what need not be run again after an edit).

Example: `Evaluator(Modules(source, ("/p",)), Host()).module("app.models").names["User"]` is a `Class`.
"""
