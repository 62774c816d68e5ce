"""Qt Linguist's tools as `make translations` uses them, and their files read."""

import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

CHECKOUT = Path(__file__).parents[2]

Text = tuple[str, str]  # context, English


def extract(file: Path) -> set[Text]:
    """Let lupdate write a .ts file with the texts of the code; return them."""
    options = ("-silent", "-extensions", "py", "-locations", "none")
    _run("pyside6-lupdate", *options, CHECKOUT / "histoviewer", "-ts", file)
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in ET.parse(file).iter("context")
        for message in context.iter("message")
    }


def compile_texts(translations: Mapping[Text, str], *, folder: Path, language: str) -> None:
    """Write some translations and let lrelease make the .qm file that the window loads."""
    root = ET.Element("TS", version="2.1", language=language)
    for (name, text), translation in translations.items():
        context = ET.SubElement(root, "context")
        ET.SubElement(context, "name").text = name
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        ET.SubElement(message, "translation").text = translation
    file = folder / f"histoviewer_{language}.ts"
    ET.ElementTree(root).write(file, encoding="utf-8")
    _run("pyside6-lrelease", "-silent", file)


def _run(tool: str, *arguments: str | Path) -> None:
    command = [Path(sysconfig.get_path("scripts")) / tool, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
