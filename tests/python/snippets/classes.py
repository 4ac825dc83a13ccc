class A:
    x = 1
    items = []
    def __init__(self, n=0):
        self.n = n
    def method(self, k=1):
        return self.n + k + self.x
    @property
    def double(self):
        return self.n * 2
    @double.setter
    def double(self, value):
        self.n = value // 2
    @staticmethod
    def static(v):
        return v
    @classmethod
    def make(cls, n):
        made = cls(n)
        made.how = cls.__name__
        return made
    def __call__(self, *args):
        return args
    def __getitem__(self, key):
        return key * 2
    def __len__(self):
        return 3
    def __contains__(self, key):
        return key == "in"
    def __iter__(self):
        yield from (1, 2)
    def __str__(self):
        return f"A({self.n})"
    def __repr__(self):
        return f"<A {self.n}>"
    def __eq__(self, other):
        return isinstance(other, A) and self.n == other.n
    def __add__(self, other):
        return A(self.n + other.n)
    def __bool__(self):
        return self.n != 0
a = A(5)
b = a.method(), a.method(k=2), a.double, A.static(3), a.static(4), a(1, 2), a["z"], len(a), "in" in a, "out" in a, list(a)
a.double = 20
c = a.n, A.make(7).n, A.make(7).how, str(a), repr(a), f"{a}", A(1) == A(1), A(1) != A(2), (A(1) + A(2)).n, bool(A(0)), not A(0)
class B(A):
    x = 10
    def __init__(self, n, extra="e"):
        super().__init__(n)
        self.extra = extra
    def method(self, k=1):
        return ("B", super().method(k))
    @classmethod
    def make(cls, n):
        return super().make(n + 1)
d = B(1).method(), B(1).extra, B.make(1).n, B.make(1).how, isinstance(B(1), A), issubclass(B, A), B.__name__, B.__mro__[1].__name__
A.items.append("shared")
e = B.items, A.items
A.later = "set after"
f = B.later, hasattr(B, "later"), getattr(B, "nope", "dflt")
class Left(A):
    def who(self):
        return ["Left"] + super().who() if hasattr(super(), "who") else ["Left"]
class Root:
    def who(self):
        return ["Root"]
class L(Root):
    def who(self):
        return ["L"] + super().who()
class R(Root):
    def who(self):
        return ["R"] + super().who()
class D(L, R):
    def who(self):
        return ["D"] + super().who()
g = D().who(), [one.__name__ for one in D.__mro__[:-1]]
registry = []
class Base:
    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag
        registry.append((cls.__name__, tag))
class One(Base, tag="one"):
    pass
class Two(One):
    pass
h = registry, One.tag, Two.tag
class Body:
    a = 1
    b = [a for _ in range(2)] if False else [1, 1]
    c = a + 1
    for i in range(3):
        locals()
    if c == 2:
        d = "conditional"
    def f(self, v=c):
        return v
    del i
i = Body.d, Body().f(), hasattr(Body, "i")
class Outer:
    class Inner:
        value = "nested"
    copy = Inner.value
j = Outer.Inner.value, Outer.copy, Outer.Inner.__qualname__
def class_decorator(cls):
    cls.decorated = True
    return cls
@class_decorator
class Decorated:
    pass
k = Decorated.decorated
class Lazy:
    def __getattr__(self, name):
        return "lazy " + name
l = Lazy().anything
class Counter:
    count = 0
    def __init__(self):
        Counter.count += 1
Counter(); Counter()
m = Counter.count
n = type("Made", (A,), {"x": 99})(3).method()
class Desc:
    def __get__(self, obj, owner):
        return ("desc", obj is None)
class Uses:
    d = Desc()
o = Uses.d, Uses().d
p = A.method(a, 5)
bound = a.method
q = bound(1)
class Slots:
    __slots__ = ("a",)
    def __init__(self):
        self.a = 1
r = Slots().a
s = vars(Slots) is not None, sorted(name for name in dir(One) if not name.startswith("__"))
class NoInit(A):
    pass
t = NoInit(4).n
setattr(NoInit, "dynamic", 5)
u = NoInit.dynamic
class WithCall:
    def __enter__(self):
        return "entered"
    def __exit__(self, *exc):
        return False
with WithCall() as v:
    pass
class Meta(type):
    pass
class UsesMeta(metaclass=Meta):
    z = 1
w = UsesMeta.z
try:
    a.missing_attribute
except AttributeError:
    x = "attribute error"
class Generic:
    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"
y = Generic["x"]
del A.later
z = hasattr(A, "later")
