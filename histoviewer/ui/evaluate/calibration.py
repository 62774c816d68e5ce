"""How well the scores of a model are calibrated, in words."""

from histoviewer.domain.assessment import Assessment
from histoviewer.ui.model_table import NONE
from histoviewer.ui.translation import translate


def calibration_text(name: str, found: Assessment) -> str:
    """Return what is known of a model under its name, or why nothing can be.

    Args:
        name: What the model is called.
        found: The model, assessed.
    """
    if (known := found.calibration) is None:
        return translate(
            "evaluate",
            "{name}: calibration error {none}, Brier score {none}, temperature {none}. Its scores "
            "are mean ranks, no probabilities: how well they are calibrated cannot be told.",
        ).format(name=name, none=NONE)
    return translate(
        "evaluate",
        "{name}: calibration error {ece}, Brier score {brier}; with temperature {t} the error "
        "is {cross} (cross-fitted).",
    ).format(
        name=name,
        ece=f"{known.ece:.4f}",
        brier=f"{known.brier:.4f}",
        t=f"{known.temperature.value:.2f}",
        cross=f"{known.temperature.ece:.4f}",
    )
