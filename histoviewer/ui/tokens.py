"""The colours of the window by meaning, light and dark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Colours as '#rrggbb'. Text on every ground it is used on has a contrast of 4.5 or more.

    The accent is violet so that it cannot be taken for a class: those are blue and orange.

    Args:
        window: Ground of the window.
        base: Ground of lists, fields and plots.
        raised: Ground of menus, buttons and cards.
        hover: Ground under the pointer.
        pressed: Ground of what is pressed, and of empty progress bars.
        selected: Ground of what is chosen.
        border: Lines that part areas.
        edge: Outlines of buttons and fields.
        text: Text.
        muted: Text that matters less.
        faint: Text of what is disabled.
        accent: The main button, progress, focus.
        accent_hover: The main button under the pointer.
        on_accent: Text on the accent.
        link: Links and marked words.
        danger: Errors.
        caution: Warnings.
        success: What is saved or done.
        training: The training curve.
        validation: The validation curve.
    """

    window: str
    base: str
    raised: str
    hover: str
    pressed: str
    selected: str
    border: str
    edge: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    link: str
    danger: str
    caution: str
    success: str
    training: str
    validation: str


LIGHT = Tokens(
    window="#f3f4f7",
    base="#ffffff",
    raised="#fcfcfd",
    hover="#e6e8ee",
    pressed="#dadde5",
    selected="#e4e3fa",
    border="#d7dae2",
    edge="#bfc4d0",
    text="#1b1f29",
    muted="#555d6e",
    faint="#8f96a5",
    accent="#5250c4",
    accent_hover="#4441b0",
    on_accent="#ffffff",
    link="#4644b8",
    danger="#b3261e",
    caution="#8a5a00",
    success="#1f7042",
    training="#7b8194",
    validation="#5250c4",
)

DARK = Tokens(
    window="#191b21",
    base="#121419",
    raised="#24272f",
    hover="#2e323c",
    pressed="#383d49",
    selected="#34335c",
    border="#30343e",
    edge="#474d5b",
    text="#e7e9ee",
    muted="#a6adbb",
    faint="#6e7585",
    accent="#6260d0",
    accent_hover="#5553c4",
    on_accent="#ffffff",
    link="#a9a7ff",
    danger="#ff8a80",
    caution="#f2b84b",
    success="#6fcf97",
    training="#9aa1b2",
    validation="#a09eff",
)
