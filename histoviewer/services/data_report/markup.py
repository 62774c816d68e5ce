"""Elements of a page: what goes in is text, and is escaped where it must be."""

from xml.etree.ElementTree import Element

Content = str | Element


def element(tag: str, /, *content: Content, **attributes: str | float) -> Element:
    """Return an element of HTML or SVG.

    Args:
        tag: Its name.
        content: Texts and elements in their order.
        attributes: A dash is written as an underscore, and 'class' as 'class_'.
    """
    made = Element(tag, {_spelt(key): _written(value) for key, value in attributes.items()})
    for part in content:
        append(made, part)
    return made


def append(parent: Element, part: Content) -> None:
    """Put a text or an element behind what an element holds already."""
    if isinstance(part, Element):
        parent.append(part)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + part
    else:
        parent.text = (parent.text or "") + part


def _spelt(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
