"""Names that people gave, as a part of a path on every file system."""

import re
import unicodedata
from typing import Final

# Names that Windows keeps for devices, whatever the ending; superscript digits count as digits.
_DEVICES: Final = re.compile(
    r"(con|conin\$|conout\$|prn|aux|nul|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE | re.DOTALL
)

# What some file system takes for something else than a letter.
_SIGNS: Final = frozenset('<>:"/\\|?*')
# Categories of Unicode that no eye sees: controls, formats, halves of pairs, ends of lines.
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))

# A part of a path may have 255 bytes on most systems; a number goes in front, and words behind.
_LETTERS: Final = 100
_BYTES: Final = 200


def is_device(name: str) -> bool:
    """Return whether Windows takes a name for that of a device."""
    return _DEVICES.fullmatch(name) is not None


def as_path_part(name: str) -> str:
    """Return a name as a part of a path on every file system; itself where it is one.

    Spaces and letters of any language stay; two names may become one, so that what must differ
    needs a number beside it.
    """
    text = _cut("".join("_" if _is_odd(letter) else letter for letter in name).strip(" ."))
    # After the cut, at which the name of a device may begin to end.
    return (_cut(f"_{text}") if is_device(text) else text) or "_"


def _cut(text: str) -> str:
    """Return as much of the beginning as a part of a path may have."""
    return text[:_LETTERS].encode()[:_BYTES].decode(errors="ignore").rstrip(" .")


def _is_odd(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.category(letter) in _UNSEEN
