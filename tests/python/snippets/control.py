a = []
for i in range(5):
    if i == 1:
        continue
    if i == 4:
        break
    a.append(i)
else:
    a.append("else")
b = []
for x, (y, *z) in [(1, (2, 3, 4)), (5, (6,))]:
    b.append((x, y, z))
else:
    b.append("done")
c = 0
while c < 10:
    c += 1
    if c == 7:
        break
else:
    c = -1
d = []
while True:
    d.append(len(d))
    if len(d) > 3:
        break
e = 0
while e < 3:
    e += 1
else:
    e = "finished"
def f(n):
    if n <= 1:
        return 1
    return n * f(n - 1)
g = f(10)
def early(xs):
    for x in xs:
        if x > 2:
            return x
    return None
h = early([1, 2, 3, 4]), early([])
try:
    1 / 0
except ZeroDivisionError as error:
    i = "zero"
else:
    i = "no"
finally:
    j = "finally"
try:
    k = {}["x"]
except (IndexError, KeyError):
    k = "missing"
try:
    [][3]
except LookupError:
    l = "lookup"
class Mine(ValueError):
    def __init__(self, what):
        super().__init__(what)
        self.what = what
try:
    raise Mine("thing")
except ValueError as err:
    m = err.what
def cleanup():
    log = []
    try:
        try:
            log.append("try")
            raise KeyError("x")
        finally:
            log.append("inner finally")
    except KeyError:
        log.append("except")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log
n = cleanup()
def returns_in_finally():
    try:
        return 1
    finally:
        return 2
o = returns_in_finally()
def loop_finally():
    out = []
    for i in range(3):
        try:
            if i == 1:
                continue
            out.append(i)
        finally:
            out.append("f")
    return out
p = loop_finally()
def reraise():
    try:
        try:
            raise ValueError("a")
        except ValueError:
            raise
    except ValueError:
        return "reraised"
q = reraise()
def match_it(v):
    match v:
        case 0:
            return "zero"
        case 1 | 2:
            return "small"
        case [x, y]:
            return f"pair {x} {y}"
        case [first, *rest]:
            return f"many {first} {len(rest)}"
        case {"k": value, **others}:
            return f"map {value} {sorted(others)}"
        case str() as text if len(text) > 3:
            return "long " + text
        case str():
            return "short"
        case None:
            return "none"
        case _:
            return "other"
r = [match_it(v) for v in (0, 2, [1, 2], [1, 2, 3], {"k": 1, "z": 2}, "abcdef", "ab", None, 3.5, [])]
if a and not b:
    s = 1
elif b and a:
    s = 2
else:
    s = 3
t = [i for i in range(3)]
del i
u = "i" in globals()
import contextlib
@contextlib.contextmanager
def managed(name):
    trace.append(f"enter {name}")
    try:
        yield name.upper()
    except KeyError:
        trace.append("caught")
    finally:
        trace.append(f"exit {name}")
trace = []
with managed("a") as first, managed("b") as second:
    trace.append(first + second)
with managed("c"):
    raise KeyError("inside")
def with_return():
    with managed("d"):
        return "value"
v = with_return()
for w in range(3):
    with managed(str(w)):
        if w == 1:
            break
class Manager:
    def __enter__(self):
        trace.append("in")
        return self
    def __exit__(self, kind, value, tb):
        trace.append(("out", kind is not None))
        return True
with Manager() as manager:
    raise ValueError
with contextlib.suppress(KeyError):
    {}["x"]
    w = "not reached"
assert True
x = y2 = 0
x += 1; y2 -= 1
def swallow():
    try:
        raise ValueError
    except:
        return "bare"
z = swallow()
def nested_loops():
    found = []
    for i in range(3):
        for j in range(3):
            if j == i:
                break
            found.append((i, j))
        else:
            found.append("full")
    return found
z2 = nested_loops()
try:
    int("x")
except ValueError as exception:
    z3 = "bad"
try:
    undefined_name
except NameError:
    z4 = "undefined"
try:
    (1).foo
except AttributeError:
    z5 = "no attribute"
try:
    len(5)
except TypeError:
    z6 = "no length"
try:
    a_, b_ = [1]
except ValueError:
    z7 = "unpack"
