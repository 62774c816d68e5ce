"""What is known of one model."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from histoviewer.domain.models import Blend, ModelRecord
from histoviewer.ui.eight_views import figure_text
from histoviewer.ui.models.models.table import kind_text
from histoviewer.ui.theme import GAP, TIGHT, WIDE
from histoviewer.ui.translation import translate
from histoviewer.ui.widgets import heading, label

_LETTERS = 12  # of a fingerprint: enough to tell two apart by eye


class ModelDetails(QWidget):
    """The facts of a model, name and value. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = heading("", scale=1.1)
        self.values: dict[str, QLabel] = {}
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(WIDE)
        self._form.setVerticalSpacing(TIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(self.title)
        column.addLayout(self._form)
        column.addStretch(1)

    def show_model(self, model: ModelRecord | None, all_models: Sequence[ModelRecord]) -> None:
        """Show the facts of a model; None for none.

        Args:
            model: Which one.
            all_models: Those of the project, by whose numbers others are named.
        """
        while self._form.rowCount():
            self._form.removeRow(0)
        self.values.clear()
        self.title.setText("")
        if model is None:
            return
        title = translate("models", "Model {number}")
        self.title.setText(title.format(number=model.number))
        for name, text in facts_of(model, all_models).items():
            value = self.values[name] = label(text, wraps=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(label(name, role="muted"), value)

    def show_labels(self, count: int, fingerprint: str) -> None:
        """Show from how many labels the model learned, and which set they are."""
        name = translate("models", "Labels learned")
        if name in self.values:  # asked for twice
            return
        text = translate("models", "{count}, fingerprint {fingerprint}")
        value = label(text.format(count=f"{count:,}", fingerprint=fingerprint[:_LETTERS]))
        value.setToolTip(fingerprint)
        value.setAccessibleDescription(fingerprint)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.values[name] = value
        self._form.addRow(label(name, role="muted"), value)


def facts_of(model: ModelRecord, all_models: Sequence[ModelRecord]) -> dict[str, str]:
    """Return what is known of a model by the names of the facts; what is not known is left out."""
    facts = {
        translate("models", "Id"): model.id,
        translate("models", "Kind"): kind_text(model),
        translate("models", "Recipe"): model.recipe,
        translate("models", "Made"): model.created.astimezone().strftime("%Y-%m-%d %H:%M"),
        translate("models", "Seed"): str(model.seed) if model.blend is None else "",
        translate("models", "Trained on from"): _name(model.parent, all_models),
        **(_blend_facts(model.blend, all_models) if model.blend else {}),
        translate("models", "Validation AUC"): _judged(model, "val_auc"),
        translate("models", "Validation accuracy"): _judged(model, "val_accuracy"),
        translate("models", "Validation loss"): _judged(model, "val_loss"),
        translate("models", "Parameters"): _figure(model, "parameters", ",.0f"),
        translate("models", "Epochs"): _figure(model, "epochs", ".0f"),
        translate("models", "Tiles a step"): _figure(model, "batch", ",.0f"),
        translate("models", "Time of training"): _seconds(model),
        translate("models", "Tiles a second"): _figure(model, "tiles_per_second", ",.0f"),
    }
    return {name: text for name, text in facts.items() if text}


def _blend_facts(blend: Blend, all_models: Sequence[ModelRecord]) -> dict[str, str]:
    members = ", ".join(_name(member, all_models) for member in blend.members)
    mean, ranks = translate("models", "mean"), translate("models", "mean of places")
    yes, no = translate("models", "yes"), translate("models", "no")
    return {
        translate("models", "Members"): members,
        translate("models", "Scores"): mean if blend.how == "mean" else ranks,
        translate("models", "Flipped and turned"): yes if blend.tta else no,
    }


def _name(model_id: str | None, all_models: Sequence[ModelRecord]) -> str:
    numbers = {model.id: model.number for model in all_models}
    if model_id in numbers:
        return translate("models", "model {number}").format(number=numbers[model_id])
    return model_id or ""


def _figure(model: ModelRecord, name: str, form: str) -> str:
    value = model.figure(name)
    return "" if math.isnan(value) else format(value, form)


def _judged(model: ModelRecord, name: str) -> str:
    text = _figure(model, name, ".4f")
    return text and figure_text(text, tta=model.val_tta)


def _seconds(model: ModelRecord) -> str:
    text = _figure(model, "seconds", ",.0f")
    return translate("models", "{count} s").format(count=text) if text else ""
