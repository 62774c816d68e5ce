"""What docs/cli.md says of the verbs."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"


def documented_keys(verb: str) -> set[str]:
    """Return the keys of the tables in the sections of docs/cli.md whose heading names the verb."""
    keys: set[str] = set()
    for section in DOCS.read_text(encoding="utf-8").split("\n### ")[1:]:
        heading, _, body = section.partition("\n")
        if verb in [re.sub(r" --.*", "", part) for part in heading.split(", ")]:
            cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", body, re.MULTILINE)
            keys |= {key for cell in cells for key in re.findall(r"\w+", cell)}
    return keys
