"""Modules that would never end, would eat all memory, or would fall over themselves, if somebody ran them."""

from __future__ import annotations

_DEEP = 60

HOSTILE: dict[str, str] = {
    "endless-loop": "while True: pass",
    "endless-loop-that-counts": "x = 0\nwhile 1:\n    x += 1",
    "endless-recursion": "def f(): return f()\nf()",
    "mutual-recursion": "def f(n): return g(n + 1)\ndef g(n): return [f(n)]\nx = f(0)",
    "lambda-recursion": "f = lambda g: g(g)\nf(f)",
    "recursion-in-finally": "def f():\n    try: return f()\n    finally: f()\nf()",
    "recursive-generator": "def g():\n    yield from g()\nlist(g())",
    "endless-generator": "def g():\n    while 1: yield 1\nx = list(g())\ny = sum(g())\nfor i in g(): pass",
    "generator-whose-end-never-ends": "def g():\n    try:\n        yield 1\n    finally:\n        while 1: pass\nfor x in g(): break",
    "recursive-context-manager": "import contextlib\n@contextlib.contextmanager\ndef m():\n    with m(): yield\nwith m(): pass",
    "big-numbers": "x = 10 ** 10 ** 10\ny = 1 << 10 ** 9\nw = 7\nfor i in range(1000): w = w * w",
    "big-sequences": "x = 'a' * 10 ** 9\ny = [0] * 10 ** 9\nz = (1,) * 10 ** 10\nw = b'x' * 10 ** 9",
    "doubling-text": "x = 'a'\nwhile True: x += x",
    "doubling-list": "x = [1]\nfor i in range(100): x += x",
    "doubling-copies": "x = [1]\nfor i in range(100): x = x + x",
    "growing-slices": "x = list(range(1000))\nfor i in range(10 ** 6): x[i:i] = x[:]",
    "deep-list": "x = []\nfor i in range(10 ** 6): x = [x]\ny = repr(x)\nz = x == [x]\nw = f'{x}'",
    "deep-tuple": "x = ()\nfor i in range(10 ** 4): x = (x,)\ny = {x}\nd = {x: 1}\nz = x in [x]",
    "list-in-itself": "x = []\nx.append(x)\ny = repr(x)\nz = x == [x]\nd = {}\nd['d'] = d\nw = f'{d}'\nimport copy\nq = copy.deepcopy(x)",
    "big-ranges": "x = list(range(10 ** 12))\ny = sum(range(10 ** 12))\nfor i in range(10 ** 12): pass\nv = [i for i in range(10 ** 12)]",
    "wide-fields": "x = '%1000000000d' % 1\ny = '{:>1000000000}'.format(1)\nz = f'{1:1000000000}'\nw = 'a'.ljust(10 ** 9)\nv = '%*d' % (10 ** 9, 1)\nt = '{:{}}'.format(1, 10 ** 9)",
    "growing-text": "a = 'a' * 100000\nx = a.join([a] * 1000)\ny = a.replace('a', a)\nz = ('\\t' * 100000).expandtabs(100000)\nw = a.translate({97: a})",
    "products": "import itertools\nx = list(itertools.product(range(1000), repeat=5))\ny = list(itertools.permutations(range(100)))\nz = list(itertools.combinations(range(500), 250))",
    "backtracking": "import re\nx = re.match(r'(a+)+$', 'a' * 40 + 'b')\ny = re.match(r'(a|a)*$', 'a' * 40 + 'b')\nz = re.sub('.*.*.*.*x', '', 'a' * 900)\nw = re.match(r'(?:a{1,100}){1,100}$', 'a' * 900 + 'b')",
    "nested-comprehension": "x = [a for a in range(1000) for b in range(1000) for c in range(1000)]",
    "endless-classes": "while True:\n    class A:\n        x = 1",
    "chain-of-classes": "A = object\nwhile True:\n    A = type('A', (A,), {})",
    "diamonds": "class A0: pass\nclass B0: pass\n"
    + "".join(f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(A{i - 1}, B{i - 1}): pass\n" for i in range(1, 30)),
    "inconsistent-bases": "class A: pass\nclass B(A): pass\nclass C(A, B): pass\nclass D(C, C): pass\nC.mro()",
    "metaclass-that-calls-itself": "class M(type):\n    def __new__(m, n, b, d): return M(n, b, d)\nclass A(metaclass=M): pass",
    "subclass-that-makes-a-subclass": "class A:\n    def __init_subclass__(cls):\n        class B(cls): pass\nclass C(A): pass",
    "attribute-of-itself": "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\ny = A().foo",
    "property-of-itself": "class A:\n    @property\n    def x(self): return self.x\nA().x",
    "equal-to-itself": "class A:\n    def __eq__(self, o): return self == o\nx = A() == A()\ny = A() in [A()]",
    "iterator-of-itself": "class A:\n    def __iter__(self): return iter(self)\nx = list(A())",
    "iterator-that-never-ends": "class A:\n    def __iter__(self): return self\n    def __next__(self): return 1\nfor x in A(): pass\ny = list(A())",
    "chain-of-symbols": "import foo\nx = foo.a\nwhile True: x = x.b().c",
    "tree-of-symbols": "import foo\nx = foo.a()\nwhile True: x = x + x",
    "chain-of-partials": "import functools\nf = lambda: 1\nfor i in range(10 ** 6): f = functools.partial(f)\nf()",
    "unknown-loops": "import os\nx = os.environ.get('a')\n"
    + "".join(" " * i + f"for a{i} in x:\n" for i in range(18))
    + " " * 18
    + "y = 1",
    "unknown-branches": "import os\nx = os.environ.get('a')\n"
    + "".join(f"if x: a{i} = 1\nelse: a{i} = 2\n" for i in range(50)),
    "unknown-branches-in-each-other": "import os\nx = os.environ.get('a')\n"
    + "".join(" " * i + "if x:\n" for i in range(_DEEP))
    + " " * _DEEP
    + "y = 1",
    "unknown-recursion": "import os\nx = os.environ.get('a')\ndef f(n):\n    if x: return f(n - 1)\n    else: return f(n - 2)\nf(100)",
    "unknown-branches-of-a-big-list": "import os\nu = os.getenv('x')\nl = list(range(100000))\nwhile 1:\n    if u: l.append(1)\n    else: l.append(2)",
    "unknown-loop-condition": "import os\nx = os.environ.get('a')\nwhile x: pass\nwhile True:\n    if x: continue",
    "many-minuses": "x = " + "-" * 3000 + "1",
    "many-parentheses": "x = " + "(" * 10_000 + ")" * 10_000,
    "many-attributes": "import a\nx = a" + ".b" * 3000,
    "many-calls": "import a\nx = a" + ".b()" * 1400,
    "many-plusses": "x = 1" + "+1" * 4000,
    "many-elifs": "x = 5000\nif x == -1: y = 0\n" + "".join(f"elif x == {i}: y = {i}\n" for i in range(1200)),
    "big-literal": "x = [" + "1," * 50_000 + "]",
    "long-number": "x = " + "9" * 10_000,
    "null-byte": "x = 1\0",
    "surrogate": "x = '\udc80'\ny = 1",
    "nested-functions": "def f():\n"
    + "".join("  " * (i + 1) + f"def f{i}():\n" for i in range(40))
    + "  " * 41
    + "return 1\nf()",
    "growing-arguments": "f = lambda *a: f(*a, *a)\nf(1)",
    "growing-keywords": "def f(**k): return f(**k, **{'a' + str(len(k)): 1})\nf()",
    "endless-fibonacci": "a, b = 1, 1\nwhile True: a, b = b, a + b",
    "unhashable": "x = {[]: 1}\ny = {{}}\nz = set([[1]])\nw = {(1, []): 2}",
    "endless-search": "x = list(range(100000))\nfor i in range(10 ** 6): -1 in x",
    "endless-copies": "a = set(range(100000))\nwhile 1: a | a",
    "endless-counting": "x = 'a' * 900000\nwhile 1: x.count('b')",
    "endless-splitting": "x = 'a ' * 400000\nwhile 1: x.split()",
    "endless-sorting": "x = list(range(100000))\nwhile 1: sorted(x, key=lambda a: -a)",
    "sorting-that-changes-the-list": "x = list(range(100))\nx.sort(key=lambda a: x.append(1) or a)",
    "list-that-grows-while-it-is-read": "x = [1]\nfor i in x: x.append(i)",
    "dict-that-grows-while-it-is-read": "x = {1: 1}\nfor i in x: x[len(x) + 1] = 1\nfor i in x.keys(): x[len(x) + 1] = 1",
    "imports-itself": "import m\nimport importlib\nfrom m import *\nfrom m import nothing\nwhile True: importlib.import_module('m')",
    "exec": "exec('while True: pass')\neval('1')\ncompile('', '', 'exec')",
    "deletes-what-is-there": "x = 1\ndel x\ndel x\nfor x in [1]: del x\ndel undefined, [x][0]",
    "rebinds-builtins": "len = print = str = None\nx = f'{len}'\nclass int: pass\ny = int()\nNone_ = None",
    "shadows-everything": "import os as int, sys as str\nfor True_ in str: int = str\nx: int.foo.bar[str] = 1",
    "raises-strange-things": "def f():\n    raise 5\ntry:\n    f()\nexcept 7: pass\nexcept (): pass\nexcept: pass\nraise",
    "returns-from-finally": "def f():\n    while True:\n        try: return 1\n        finally: continue\nf()",
    "star-expressions": "a, *b = *range(3), *[4]\n*c, = 5,\n[*d] = {}\nprint(*a if 0 else [1], **{})",
    "yields-everywhere": "x = lambda: (yield)\nclass A:\n    y = [i for i in (lambda: (yield 1))()]\nlist(x())",
    "walrus-everywhere": "[(y := x) for x in range(3) if (z := y if x else x) is None or True]\nwhile (n := 5) and n < 3: pass",
}
