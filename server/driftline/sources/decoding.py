r"""From the bytes of a file to its text, as Python reads source.

The encoding is what a byte order mark or a PEP 263 declaration in the first two lines says, UTF-8 otherwise. Line
ends stay as they are, so that offsets mean the same to an editor; a byte order mark is no part of the text.

Example: `decode(b"# coding: latin-1\n\xe9")` gives the text `"# coding: latin-1\né"`.
"""

from __future__ import annotations

import io
from _blake2 import blake2b  # `hashlib` has the same, and loads OpenSSL

from driftline.sources.source import FileText, Unreadable

_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def digest(text: str) -> bytes:
    """Give the digest that stands for `text`: blake2b of its UTF-8, 16 bytes."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def file_text(path: str, text: str) -> FileText:
    """Make the file at `path` out of its decoded text."""
    return FileText(path, text, digest(text))


def decode(path: str, content: bytes) -> FileText | Unreadable:
    """Decode the `content` of the file at `path`; never raises."""
    if content.startswith(_OTHER_MARKS):
        return Unreadable(path, "it is UTF-16 or UTF-32 text, which Python does not read as source")
    encoding = "utf-8"
    head = content[:1024]
    if b"coding" in head:
        found = _declared(content)
        if found is None:
            return Unreadable(path, "its encoding declaration is not one that Python knows")
        encoding = found
    content = content.removeprefix(_UTF8_MARK)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        name = "UTF-8" if encoding == "utf-8" else f"`{encoding}`"
        return Unreadable(path, f"it is not {name} text (byte 0x{content[error.start]:02x} on line {line})")
    except (UnicodeError, LookupError, ValueError):
        return Unreadable(path, f"it is not `{encoding}` text")
    return file_text(path, text)


def encode(text: str, like: bytes) -> bytes | Unreadable:
    """Encode the new text of a file as its bytes `like` are: the same encoding, and its byte order mark.

    A declaration in `text` itself is heard, as Python will hear it; Unreadable where the text has no such bytes.
    """
    mark = _UTF8_MARK if like.startswith(_UTF8_MARK) else b""
    found = _declared(text.encode("latin-1", "replace")) if "coding" in text[:1024] else "utf-8"
    if found is None:
        return Unreadable("", "its encoding declaration is not one that Python knows")
    try:
        return mark + text.encode(found)
    except UnicodeError:
        return Unreadable("", f"the new text cannot be written as `{found}`")


def _declared(content: bytes) -> str | None:
    """The declared encoding by the rules of PEP 263; None where Python would refuse the declaration."""
    # Reading a declaration is rare, and `tokenize` is not needed for anything else on the way to a first answer.
    from tokenize import detect_encoding

    try:
        found, _ = detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        # The third reason is bytes that are not UTF-8 in the first two lines; decoding then says where they are.
        return None if str(error).startswith(("unknown encoding", "encoding problem")) else "utf-8"
    return "utf-8" if found == "utf-8-sig" else found
