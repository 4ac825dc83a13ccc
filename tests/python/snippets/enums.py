import enum
from enum import Enum, IntEnum, auto
class Color(Enum):
    RED = 1
    GREEN = "g"
    BLUE = RED
    CRIMSON = 1
    @property
    def low(self):
        return self.name.lower()
    @classmethod
    def default(cls):
        return cls.RED
    def describe(self):
        return f"{self.name}={self.value}"
a = Color.RED.value, Color.GREEN.name, Color["RED"].name, Color("g").name, Color.CRIMSON.name
b = [m.name for m in Color], [m.value for m in Color], len(Color), Color.RED is Color.CRIMSON, Color.RED == Color.GREEN
c = Color.RED.low, Color.default().name, Color.GREEN.describe(), Color.RED in Color, isinstance(Color.RED, Color)
d = str(Color.RED), repr(Color.GREEN), list(Color.__members__), f"{Color.RED}"
class Status(str, Enum):
    NEW = "new"
    DONE = "done"
    def __str__(self):
        return self.value
e = Status.NEW == "new", Status("done").name, Status.NEW.upper(), "x-" + Status.NEW, str(Status.NEW), Status.NEW in ("new", "old"), {"new": 1}[Status.NEW]
f = [s.value for s in Status], ", ".join(s.value for s in Status), ",".join(Status), f"{Status.NEW}"
class Num(IntEnum):
    A = auto()
    B = auto()
    C = 10
    D = auto()
g = [int(n) for n in Num], Num.A + 1, Num.B > Num.A, Num.C == 10, str(Num.A), f"{Num.B}"
class Auto(enum.Enum):
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()
    FIRST = auto()
    SECOND = auto()
h = [a.value for a in Auto]
class S(enum.StrEnum):
    ONE_TWO = auto()
    OTHER = "o"
i = S.ONE_TWO.value, str(S.OTHER), f"{S.OTHER}", S.OTHER + "x", S.OTHER == "o"
class Planet(Enum):
    EARTH = (5.9, 6.3)
    MARS = (0.6, 3.3)
    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius
j = Planet.EARTH.mass, Planet.MARS.value, Planet((0.6, 3.3)).name
F = Enum("F", "a b c")
k = [m.value for m in F], F.a.name
G = Enum("G", {"x": 1, "y": 2})
l = [m.name for m in G], G(2).name
H = Enum("H", ["p", "q"])
m = H.q.value
class Flag(enum.Flag):
    R = auto()
    W = auto()
n = Flag.R.value, Flag.W.value
try:
    Color("nope")
except ValueError:
    o = "no such member"
class WithMissing(Enum):
    A = 1
    @classmethod
    def _missing_(cls, value):
        return cls.A
p = WithMissing("anything").name
class Parent(Enum):
    def hello(self):
        return "hi " + self.name
class Child(Parent):
    X = 1
q = Child.X.hello(), Child.X.value
r = {c: c.value for c in Color}[Color.RED], Color.RED.name + "!", tuple(Status)[0].value, max(Num).name
