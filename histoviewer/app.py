"""The composition root of the window: builds the objects, connects them and runs them."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from histoviewer import __version__
from histoviewer.errors import InputError
from histoviewer.logs import log_file, start_logging
from histoviewer.settings import keymap_file, load_settings
from histoviewer.ui import icons
from histoviewer.ui.dialogs.fault import FaultDialogs
from histoviewer.ui.faults import FaultReporter
from histoviewer.ui.interrupts import Interrupts
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.remembering import Memory
from histoviewer.ui.theme import Mode, Theme
from histoviewer.ui.window import MainWindow


def run(
    path: Path | None = None, *, on_first_paint: Callable[[MainWindow], None] | None = None
) -> int:
    """Open the window and stay until it is closed.

    Args:
        path: A project or a data set to open; None for the welcome page.
        on_first_paint: Called once when the window has been painted.

    Returns:
        The exit code.
    """
    start_logging()
    app = make_application()
    faults = FaultReporter(app)
    faults.install()
    window = make_window(app)
    interrupts = Interrupts(app.exit, app)  # not quit: nobody may be there to answer questions
    try:
        fault_dialogs = FaultDialogs(log_file(), window)
        faults.fault_met.connect(fault_dialogs.show_fault)
        if on_first_paint is not None:
            window.first_painted.connect(lambda: on_first_paint(window))
        window.begin(path)
        return app.exec()
    finally:
        window.shut_down()
        interrupts.remove()
        faults.remove()


def make_application() -> QApplication:
    """Return the one application object of the process."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("HistoViewer")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("histoviewer")
    app.setWindowIcon(icons.app_icon())
    return app


def make_window(app: QApplication) -> MainWindow:
    """Return the window as the user's settings want it, not shown yet."""
    loaded = load_settings()
    settings = loaded.settings
    keymap, wrong_keys = _read_keymap()
    modes = {mode.value: mode for mode in Mode}
    window = MainWindow(
        theme=Theme(app, modes.get(settings.theme, Mode.SYSTEM)),
        memory=Memory(settings),
        keymap=keymap,
        reader=settings.reader_name,
    )
    if loaded.notice:
        window.notices.add("warning", loaded.notice)
    if wrong_keys is not None:
        hint = "The usual keys are in force; correct the file and start again."
        window.notices.add("warning", wrong_keys.message, hint)
    return window


def _read_keymap() -> tuple[KeyMap, InputError | None]:
    """Return the keys in force, and what is wrong with the reader's own."""
    try:
        return KeyMap.of_reader(keymap_file()), None
    except InputError as error:
        return KeyMap.load(), error
