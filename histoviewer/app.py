"""The composition root of the window: builds the objects, connects them and runs them."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from histoviewer import __version__
from histoviewer.logs import log_file, start_logging
from histoviewer.settings import clean_name, load_settings
from histoviewer.ui import icons
from histoviewer.ui.dialogs.fault import FaultDialogs
from histoviewer.ui.faults import FaultReporter
from histoviewer.ui.interrupts import Interrupts
from histoviewer.ui.language import install_language
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.theme import Mode, Theme
from histoviewer.ui.window import MainWindow

# How long a thread may keep the interpreter while the UI thread waits for it. With the usual 5 ms a
# key took 36 ms to its paint while another thread was computing in Python, with this 25 ms.
_SWITCH_S = 0.001


def run(
    path: Path | None = None,
    *,
    reader: str = "",
    on_first_paint: Callable[[MainWindow], None] | None = None,
) -> int:
    """Open the window and stay until it is closed.

    Args:
        path: A project or a data set to open; None for the start page.
        reader: Who reads in this session; '' for whom the settings name. Where they name nobody,
            the window asks.
        on_first_paint: Called once when the window has been painted.

    Returns:
        The exit code.
    """
    start_logging()
    sys.setswitchinterval(_SWITCH_S)
    app = make_application()
    faults = FaultReporter(app)
    faults.install()
    window = make_window(app, reader=reader)
    interrupts = Interrupts(app.exit, app)  # not quit: nobody may be there to answer questions
    try:
        fault_dialogs = FaultDialogs(log_file(), window)
        faults.fault_met.connect(fault_dialogs.show_fault)
        if on_first_paint is not None:
            window.first_painted.connect(lambda: on_first_paint(window))
        window.begin(path, asks_reader=True)
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


def make_window(app: QApplication, *, reader: str = "") -> MainWindow:
    """Return the window as the user's settings want it, not shown yet.

    Args:
        app: The application.
        reader: Who reads in this session; '' for whom the settings name.
    """
    loaded = load_settings()
    install_language(app, loaded.settings.language)
    preferences = Preferences.read(loaded, reader=clean_name(reader), parent=app)
    settings = preferences.settings
    theme = Theme(app, Mode(settings.theme), text_percent=settings.text_percent)
    return MainWindow(theme=theme, preferences=preferences)
