"""What came of an import of verdicts, in words."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from histoviewer.services.interchange.importing import ImportOutcome


def _tr(text: str) -> str:
    return QCoreApplication.translate("import-words", text)


def headline(outcome: "ImportOutcome") -> str:
    """Return how many verdicts were imported."""
    if outcome.applied:
        return _tr("Verdicts imported: {count}.").format(count=f"{outcome.applied:,}")
    if outcome.withdrawn:
        return _tr("Verdicts taken back: {count}.").format(count=f"{outcome.withdrawn:,}")
    return _tr("There is no new verdict in the file.")


def details(outcome: "ImportOutcome") -> str:
    """Return where they came from and what else is to be said, as sentences."""
    counts = (
        (outcome.relabelled, _tr("Tiles whose label is another one now: {count}.")),
        (outcome.known, _tr("Here already: {count}.")),
        (outcome.undone, _tr("Taken back there, so left out: {count}.")),
        (
            outcome.withdrawn if outcome.applied else 0,
            _tr("Taken back there since the last import, so here too: {count}."),
        ),
    )
    told = [text.format(count=f"{count:,}") for count, text in counts if count]
    return " ".join([_tr("From {name}.").format(name=outcome.path.name), *told])
