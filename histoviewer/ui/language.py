"""The language of the window: which one it is, and its texts put into force."""

import logging
from collections.abc import Collection, Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from histoviewer.resources import resource
from histoviewer.settings import ENGLISH, languages

log = logging.getLogger(__name__)


def install_language(app: QCoreApplication, language: str) -> None:
    """Let Qt translate into a language from now on; what shows a text already keeps it.

    Qt's own texts, such as those of standard buttons, come in the same language or stay English,
    too. To be called before the window is made; UI thread only, reads files.

    Args:
        app: The application.
        language: One of `settings.languages()`; '' for the best of those the system asks for.
    """
    for translator in app.findChildren(QTranslator):
        app.removeTranslator(translator)
        translator.deleteLater()
    name = language or best_language(QLocale.system().uiLanguages(), languages())
    if name == ENGLISH:
        return
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for catalogue, folder in (("qtbase", qt_folder), ("histoviewer", resource("translations"))):
        translator = QTranslator(app)
        if translator.load(f"{catalogue}_{name}", str(folder)):
            app.installTranslator(translator)
        else:
            log.info("%s has no texts in the language %s", catalogue, name)


def best_language(wanted: Iterable[str], offered: Collection[str]) -> str:
    """Return the first language that is wanted and offered; English where there is none.

    Args:
        wanted: As `QLocale.uiLanguages` has them, the best first: 'de-AT', 'de', 'en-GB', 'en'.
        offered: As in names of files: 'de', 'pt_BR'.
    """
    names = (tag.replace("-", "_") for tag in wanted)
    return next((name for name in names if name in offered), ENGLISH)


def language_name(language: str) -> str:
    """Return what those who speak a language call it: 'Deutsch', 'português (Brasil)'."""
    if language == ENGLISH:
        return "English"  # QLocale says 'American English'
    locale = QLocale(language)
    name = locale.nativeLanguageName()
    return f"{name} ({locale.nativeTerritoryName()})" if "_" in language else name
