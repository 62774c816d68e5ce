"""What came of an import of verdicts, in words."""

from typing import TYPE_CHECKING

from histoviewer.ui.translation import translate

if TYPE_CHECKING:
    from histoviewer.services.interchange.importing import ImportOutcome


def headline(outcome: "ImportOutcome") -> str:
    """Return how many verdicts were imported."""
    if outcome.applied:
        return translate("import-words", "Verdicts imported: {count}.").format(
            count=f"{outcome.applied:,}"
        )
    if outcome.withdrawn:
        return translate("import-words", "Verdicts taken back: {count}.").format(
            count=f"{outcome.withdrawn:,}"
        )
    return translate("import-words", "There is no new verdict in the file.")


def details(outcome: "ImportOutcome") -> str:
    """Return where they came from and what else is to be said, as sentences."""
    counts = (
        (
            outcome.relabelled,
            translate("import-words", "Tiles whose label is another one now: {count}."),
        ),
        (outcome.known, translate("import-words", "Here already: {count}.")),
        (outcome.undone, translate("import-words", "Taken back there, so left out: {count}.")),
        (
            outcome.withdrawn if outcome.applied else 0,
            translate(
                "import-words", "Taken back there since the last import, so here too: {count}."
            ),
        ),
    )
    told = [text.format(count=f"{count:,}") for count, text in counts if count]
    return " ".join(
        [translate("import-words", "From {name}.").format(name=outcome.path.name), *told]
    )
