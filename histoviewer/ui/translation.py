"""How texts get into the reader's language, in the forms that Qt's `lupdate` finds in the code.

Methods of a `QObject` say `self.tr("text")`, functions `translate("context", "text")`, and tables
made before there is an application `QT_TRANSLATE_NOOP("context", "text")`, which is translated when
it is shown. Context and text are literals, as `lupdate` reads the code and does not run it.
"""

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate
"""Return a text in the reader's language; the English one where there is no translation."""


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """Return a text as it is, marked for translation; Qt's own is declared to return any object."""
    return text
