from dataclasses import InitVar, asdict, dataclass, field, fields
from typing import ClassVar, NamedTuple
@dataclass
class Point:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)
    kind: ClassVar[str] = "point"
    hidden: int = field(default=7, init=False)
a = Point(1).x, Point(1).y, Point(1, 3).y, Point(x=5).x, Point(1).tags, Point(1).hidden, Point.kind
b = Point(1) == Point(1), Point(1) == Point(2), asdict(Point(1)), [f.name for f in fields(Point)]
@dataclass(unsafe_hash=True)
class Named(Point):
    name: str = "n"
    def __post_init__(self):
        object.__setattr__(self, "computed", self.name * 2)
    def label(self):
        return f"{self.name}:{self.x}"
c = Named(1, 2, name="q").label(), Named(1).computed
@dataclass
class Initialised:
    a: int
    b: InitVar[int] = 5
    def __post_init__(self, b):
        self.total = self.a + b
d = Initialised(1).total, Initialised(1, 2).total
class T(NamedTuple):
    name: str
    size: int = 3
    def doubled(self):
        return self.size * 2
e = T("a").name, T("a").size, T("b", 4).doubled(), list(T("c")), T("d")[1], T("e")._replace(size=9).size, T("x") == T("x")
n, s = T("unpacked", 8)
f = [x for t in (T("1"), T("2")) for x in t], T("g")._asdict()
@dataclass(kw_only=True)
class KwOnly:
    a: int
    b: int = 2
g = KwOnly(a=1).b
try:
    Point()
except TypeError:
    h = "missing"
from types import SimpleNamespace
i = SimpleNamespace(a=1).a
