a = [1, 2]
b = a
b.append(3)
a.extend([4, 5])
a.insert(0, 0)
c = a.pop(), a.pop(0), a.index(2), a.count(1), a.copy()
a.remove(2)
a.reverse()
d = [3, 1, 2]
d.sort()
e = sorted(d, key=lambda x: -x)
d.sort(key=lambda x: -x)
f = {"a": 1}
g = f
g["b"] = 2
h = f.get("a"), f.get("z"), f.get("z", 9), f.setdefault("c", 3), f.pop("a"), f.pop("q", None)
f.update({"d": 4}, e=5)
f |= {"g": 7}
i = list(f), list(f.values()), list(f.items()), "d" in f, len(f)
del f["d"]
j = {1, 2}
j.add(3)
j.discard(1)
j.update([5], {6})
j |= {7}
k = frozenset(j) | {8}, j.union({9}), j.issubset({2, 3, 5, 6, 7}), j.isdisjoint({100})
l = [[0] * 2 for _ in range(2)]
l[0][1] = 5
m = [[0]] * 2
m[0].append(1)
n = a + [9]
a += [10]
o = (1, 2, 3)
p, *q, r = [1, 2, 3, 4]
(s, t), u = (1, 2), 3
v = w = []
v.append(1)
x = [1, 2, 3, 4, 5]
x[1:3] = ["a", "b", "c"]
del x[0]
x[-1] = "z"
y = dict.fromkeys("ab", 0), dict(zip("ab", [1, 2])), {**f}, dict([["k", "v"]])
z = [*x, *o], o.index(2), o.count(3), o + (4,), o * 2, o[::-1]
from collections import OrderedDict, defaultdict, namedtuple
aa = OrderedDict([("b", 1), ("a", 2)])
bb = list(aa)
cc = defaultdict(list)
cc["x"].append(1)
cc["x"].append(2)
cc["y"]
dd = dict(cc), len(cc)
ee = defaultdict(int)
for ch in "hello":
    ee[ch] += 1
ff = sorted(ee.items())
P = namedtuple("P", "x y")
gg = P(1, 2).x, P(x=3, y=4).y, list(P(5, 6)), P(1, 2)[0]
hx, hy = P(7, 8)
Q = namedtuple("Q", ["a", "b"], defaults=[9])
hh = Q(1).b
import copy
ii = copy.deepcopy({"a": [1]})
jj = copy.copy([1])
