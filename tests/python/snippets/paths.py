import os
from os import path
from pathlib import Path, PurePosixPath
a = os.path.join("/a", "b", "c.py"), os.path.dirname("/a/b"), os.path.basename("/a/b.py"), os.path.splitext("x.py"), os.path.split("/a/b")
b = path.join("a", "/b"), os.path.normpath("/a/../b"), os.path.isabs("/x")
c = str(Path("/a") / "b" / "c.py"), Path("/a/b.py").name, Path("/a/b.py").stem, Path("/a/b.py").suffix, str(Path("/a/b.py").parent), Path("/a/b").parts
d = str(Path("/a").joinpath("b", "c")), str(Path("/a/b.txt").with_suffix(".py")), str(Path("/a/b.txt").with_name("z")), Path("/a") == Path("/a")
e = [str(p) for p in Path("/a/b/c").parents], str(Path("/a/b/c").parents[1]), Path("/a/b").as_posix(), str(Path("/a/b").relative_to("/a"))
import json
f = json.loads('{"a": [1, null, true]}'), json.dumps({"b": 1}), json.dumps([1], indent=2)
import math
g = math.ceil(1.2), math.floor(1.8), math.pi
