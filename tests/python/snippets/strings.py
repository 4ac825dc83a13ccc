name = "UserProfile"
a = name.lower(), name.upper(), name.title(), name.swapcase(), name.casefold(), name.capitalize()
b = " x ".strip(), "xxaxx".lstrip("x"), "a,b,c".split(","), "a b  c".split(), "a,b".rsplit(",", 1), "x=1".partition("=")
c = "-".join(["a", "b"]), "".join(c for c in "abc"), ",".join({"a": 1}), "a\nb".splitlines()
d = "abc".replace("b", "x"), "abc".find("c"), "abc".index("b"), "abcabc".count("b"), "abc".startswith(("x", "a")), "abc".endswith("c")
e = "abc".ljust(5, "."), "abc".rjust(5), "abc".center(7, "*"), "7".zfill(3), "a\tb".expandtabs(4)
f = "abc".isalpha(), "12".isdigit(), "a1".isalnum(), "Ab".isupper(), "ab".islower(), " ".isspace(), "ab".isidentifier()
g = "abc".removeprefix("a"), "abc".removesuffix("c"), "abc".translate(str.maketrans("ab", "xy"))
h = "{a}{b}".format_map({"a": 1, "b": 2}), str.upper("x"), list(map(str.upper, "ab")), "é".encode(), b"\xc3\xa9".decode()
i = "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
j = "a".join("xyz"), "%-5s|%5s" % ("a", "b"), "%x %o %e" % (255, 8, 1.5), "%c" % "x", "%r" % "x"
k = "\N{BULLET}", "\u00e9", "tab\t", 'quote"'
l = "abc" in "xabcx", "" in "abc", "abc"[1], "abc"[-1:], "hello world".title().replace(" ", "")
import re
m = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
n = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", "HTTPServerName"), re.sub("([a-z0-9])([A-Z])", r"\1_\2", "HTTPServer")
o = re.match(r"(\w)(\d+)", "a12").group(2), re.match("x", "y"), re.findall(r"\d+", "a1b22"), re.split(r"[,;]", "a,b;c")
p = re.compile(r"[A-Z]").sub(lambda match: "_" + match.group(0).lower(), "aBcD"), bool(re.search("b", "abc")), re.escape("a.b")
q = re.fullmatch(r"(?P<x>a+)(b?)", "aaab").groups(), re.match(r"(?P<x>a+)", "aab").groupdict(), re.sub("a", "b", "aaa", count=2)
import textwrap
r = textwrap.dedent("""
    a
      b
""").strip()
import string
s = string.ascii_lowercase[:3], string.digits
