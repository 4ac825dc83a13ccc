a = 1 + 2 * 3 - 4 // 3 % 2
b = 2**10 + (5 << 2) - (64 >> 3) | 1 & 3 ^ 2
c = -a, +a, ~a, not a
d = 7 / 2, 7 // 2, 7 % 3, divmod(7, 3), -7 // 2, -7 % 3
e = "ab" * 3 + "c", [1, 2] * 2, (1,) + (2, 3), b"x" + b"y"
f = 1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, "a" != "b", 1 is 1, None is None, [] is []
g = 2 in [1, 2], 3 not in (1, 2), "a" in "cat", "x" in {"x": 1}, 5 in range(10), 10**20 in range(3)
h = True and 0 or "x", 0 or "" or None, 1 and 2 and 3, None or [] or 5
i = "yes" if a else "no", "yes" if not a else "no"
j = [1, *[2, 3], *(4,)], (*[1], 2), {1, *{2}}, {**{"a": 1}, "b": 2, **{"a": 3}}
k = [x * y for x in range(3) for y in range(x) if (x + y) % 2]
l = {x: y for x, y in zip("abc", range(3))}
m = {x % 3 for x in range(10)}
n = sum(x for x in range(5)), list(x for x in "ab"), tuple(i for i in (1, 2))
o = [[y for y in range(x)] for x in range(4)]
p = (lambda x, y=2, *rest, z=3, **more: (x, y, rest, z, more))(1, 5, 6, 7, z=8, w=9)
q = (w := 5) + w, [v := t for t in range(3)], v
r = "abcdef"[1:4], "abcdef"[::-1], [1, 2, 3][-1], (1, 2, 3)[:2], "abc"[-2:], list(range(10))[2:8:3]
s = f"{a}-{b!r:>5}-{'q'!s}-{3.14159:.2f}-{10:>{a}}-{{}}-{a=}-{'x' + 'y'}-{f'{a + 1}'}"
t = "%s and %d and %05.1f and %%" % ("x", 3, 2.5), "%(a)s-%(b)r" % {"a": 1, "b": "z"}, "%s" % 5
u = "{} {1} {x} {y[0]} {z.real}".format(*[1], 2, x=3, y=[4], z=5) if False else "{0} {1} {x} {y[0]}".format(1, 2, x=3, y=[4])
u2 = "{:>5}|{:<5}|{:^5}|{:05d}|{!r}|{:,}".format("a", "b", "c", 42, "q", 1234567)
v2 = 0x1F, 0o17, 0b11, 1_000, 1e3, 1j * 1j, .5
w2 = "a" "b" 'c', """x
y""", r"\n", b"\x00"
x2 = max(3, 1, 2), min([4, 2]), max("abc", key=ord), min([], default=7), sum([1, 2], 10), abs(-3), round(2.567, 2)
y2 = sorted([3, 1, 2]), sorted("bca", reverse=True), sorted([("b", 1), ("a", 2)], key=lambda p: p[1])
z2 = list(enumerate("ab", 1)), list(zip([1, 2], "ab")), list(map(str, [1, 2])), list(filter(None, [0, 1, "", "x"]))
aa = any([0, 1]), all([]), all([1, 0]), any(x > 2 for x in [1, 2, 3])
bb = list(reversed([1, 2])), next(iter([5])), next(iter([]), "none"), list(range(5, 0, -2))
cc = int("42"), int("ff", 16), float("1.5"), str(5), bool(""), bool([0]), list("ab"), tuple([1]), dict(a=1), dict([("x", 2)])
dd = repr("x"), str(None), str([1, "a"]), format(5, "03d"), chr(97), ord("a"), hex(255), bin(5), oct(8)
ee = isinstance(1, int), isinstance(True, int), isinstance("a", (int, str)), isinstance([], dict), issubclass(bool, int)
ff = callable(len), callable(3), hasattr("a", "upper"), hasattr("a", "foo"), getattr("a", "foo", "dflt")
gg = type(1) is int, type("a") == str, type(None) is type(None), len("abc"), len({}), len(range(7))
hh = 1 if 1 else 1 / 0, 0 and 1 / 0, 1 or 1 / 0
ii = (1, 2) < (1, 3), [1] < [1, 2], "a" < "b", (1, "a") == (1, "a"), [1, [2]] == [1, [2]], {"a": [1]} == {"a": [1]}
jj = {1, 2} | {3}, {1, 2} & {2}, {1, 2} - {2}, {1, 2} ^ {2, 3}, {1} <= {1, 2}, {"a": 1} | {"b": 2}
kk = {"a": 1}.keys() & {"a", "b"}, {"a": 1}.keys() - {"a"}, list({"a": 1}.items())
ll = [*range(3)], [*"ab"], [*{"k": 1}], {*()}
