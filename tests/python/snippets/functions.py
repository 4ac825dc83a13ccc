def f(a, b=2, *args, c, d=4, **kwargs):
    return a, b, args, c, d, sorted(kwargs.items())
a = f(1, c=3), f(1, 2, 3, 4, c=5, d=6, e=7), f(*[1, 2], **{"c": 3, "z": 4})
def positional(a, /, b, *, c=1):
    return a, b, c
b = positional(1, 2), positional(1, b=2, c=3)
def counter():
    count = 0
    def increment(by=1):
        nonlocal count
        count += by
        return count
    return increment
one = counter()
c = one(), one(), one(5), counter()()
total = 0
def add(n):
    global total
    total += n
add(2); add(3)
def default_list(x, acc=[]):
    acc.append(x)
    return list(acc)
d = default_list(1), default_list(2)
e = [g(3) for g in [lambda x, n=n: x * n for n in range(3)]]
late = [h(3) for h in [lambda x: x * n for n in range(3)]]
def generator(n):
    for i in range(n):
        yield i
        yield i * 10
    return "end"
g = list(generator(2)), sum(generator(3)), [x for x in generator(2) if x]
def delegating():
    result = yield from generator(1)
    yield result
h = list(delegating())
def endless():
    n = 0
    while True:
        yield n
        n += 1
i = []
for k in endless():
    if k > 3:
        break
    i.append(k)
def order():
    log.append("start")
    yield 1
    log.append("middle")
    yield 2
    log.append("end")
log = []
for value in order():
    log.append(value)
gen = generator(2)
j = next(gen), next(gen), list(gen), next(gen, "empty")
def decorator(fn):
    def wrapper(*args, **kwargs):
        return ("wrapped", fn(*args, **kwargs))
    return wrapper
@decorator
def decorated(x):
    return x + 1
k2 = decorated(1)
def with_arguments(prefix):
    def decorate(fn):
        def wrapper(*args):
            return prefix + fn(*args)
        return wrapper
    return decorate
@with_arguments("a-")
@with_arguments("b-")
def named(x):
    return x
l = named("x")
import functools
@functools.wraps(named)
def copy_of(x):
    return named(x)
m = copy_of("y"), copy_of.__name__
@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
n = fib(12)
o = functools.partial(f, 1, c=2)(9), functools.reduce(lambda x, y: x * y, [1, 2, 3, 4], 1)
p = (lambda: (yield))  # a generator function
q = f.__name__, (lambda: 0).__name__, f.__defaults__
def recursive_closure():
    def inner(n):
        return [] if n == 0 else [n] + inner(n - 1)
    return inner(4)
r = recursive_closure()
def scopes():
    x = "outer"
    class Inner:
        x = "class"
        y = x
        def method(self):
            return x
    return Inner.y, Inner().method()
s = scopes()
t = list(map(lambda x, y: x + y, [1, 2], [10, 20]))
import itertools
u = list(itertools.chain([1], "a")), list(itertools.product([1, 2], "ab")), list(itertools.chain.from_iterable([[1], [2]]))
v = list(itertools.zip_longest([1], [2, 3])), list(itertools.islice(itertools.count(5), 3)), list(itertools.repeat("x", 2))
w = list(itertools.combinations("abc", 2)), list(itertools.permutations([1, 2])), list(itertools.pairwise([1, 2, 3]))
x = [(key, list(group)) for key, group in itertools.groupby("aabbc")]
import operator
y = operator.attrgetter("real")(5), operator.itemgetter(1)([7, 8]), operator.add(1, 2), sorted([(2, "a"), (1, "b")], key=operator.itemgetter(0))
async def coroutine(z):
    return z
def defaults_evaluated_once(stamp=log.copy()):
    return stamp
log.append("later")
z = defaults_evaluated_once()
def unpacks(first, *rest):
    return first, rest
z2 = unpacks(*range(3)), unpacks(*"ab", *[1])
try:
    f(1)
except TypeError:
    z3 = "missing c"
try:
    positional(a=1, b=2)
except TypeError:
    z4 = "positional only"
def shadow(len):
    return len
z5 = shadow(3)
