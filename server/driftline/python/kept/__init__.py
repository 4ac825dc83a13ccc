"""What running modules gave, kept from one evaluation to the next: an edit of one module runs that one again.

An evaluation always begins at the beginning and goes the way that the program takes. Where it comes to import a module
that is known to do what it did the last time, the module's body is not run: what it did is done again. It is bound, the
modules that it imported are imported in their turn, and what was written down meanwhile is written down again, in the
same order. So whatever is run sees the state that it would see from scratch.

- What a module did: `Module.names`, what was added to each of the collections that only grow (`Host.growing`, classes,
  what is unknown), what it was told of bases (`Host.asked_for`), and which modules it loaded in between.
- What it rests on: its text; each name that it read of another module, with the value (`read`); each object of another
  module that what it has made refers to, found by going through all of it (`made`); what stands around it
  (`Host.standing`, `sys.path`, assigned environment variables) when it begins, and after each module that it loads.
- It is run again if its text is another one, or if it rests on an object of a module that is run again. A constant, and
  a class that is only named in an annotation for type checkers, may as well come out the same (`nature`).
- In a cycle of imports, who read a name of a module that was not finished is run again together with that module, and
  only where it had done as much by then (`Unit.early`).
- It is run again in any case if it depends on more than that (`Unit.tied`): it looked at everything there is
  (`metadata.tables`), does not parse, was imported in a branch, could not be run to its end.
- Nothing that it has made may have been changed since it was finished, by whomever: each of its mutable objects is kept
  with what it referred to (`Unit.held`), and looked at again when the evaluation ends. Where an object of a module that
  was not run has changed, or a name comes out otherwise than was promised, all is done from scratch (`Stale`).

Invariant: what is kept may save work, and never changes a result. Only edits of texts are followed: where files have
come or gone, or data that a module has read says something else, nothing is kept.

Example: in a second evaluation after an edit of `app/user.py`, `app/post.py`, which reads nothing of it, is not run.

`unit` is what is noted of one module, and `noting` how; `standing` what stands around it; `made` what it has made;
`holds` whether all that still holds; and `modules` the evaluation, which runs a module or takes it over.
"""
