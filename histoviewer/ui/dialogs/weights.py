"""Asks for a file of pretrained weights."""

from histoviewer.ui.dialogs.form import PathField
from histoviewer.ui.translation import translate


class WeightsField(PathField):
    """A file that can be typed or browsed for; left empty, Keras' cache or a download."""

    def __init__(self) -> None:
        super().__init__(
            caption=translate("weights", "Pretrained weights"),
            filters=[translate("weights", "Keras weights (*.h5)")],
        )
        self.edit.setPlaceholderText(self.tr("Keras' cache or download"))

    def explain(self, network: str) -> str:
        """Say with the field, and return, which weights are meant.

        Args:
            network: That starts from them.
        """
        text = self.tr(
            "It starts from the ImageNet weights of {network}: the file that Keras publishes for "
            "it without its top. Left empty, it comes from Keras' cache, or is downloaded to there."
        ).format(network=network)
        self.edit.setAccessibleDescription(text)
        self.edit.setToolTip(text)
        return text
