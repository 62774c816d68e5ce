"""The controls below the picture: stain, centre square, brightness, contrast."""

from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from histoviewer.tiles.adjusting import LIMIT, NEUTRAL, Adjustments, Channel
from histoviewer.ui.actions import ActionSet
from histoviewer.ui.review.choices import ChoiceBox
from histoviewer.ui.review.look import CentreSquare
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.translation import translate

_PAGE_STEP: Final = 20


class LookPanel(QWidget):
    """Lets the reader adjust the picture. UI thread only.

    Args:
        parent: Owner.
    """

    adjusted = Signal(object)  # Adjustments the reader chose

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._adjustments = NEUTRAL
        self.channel = ChoiceBox(self._channel_texts(), self.tr("Stain"))
        self.channel.setMinimumContentsLength(1)  # it may be cut where there is little room
        self.channel.setSizeAdjustPolicy(
            ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.channel.setToolTip(self.tr("All colours, or one stain alone by colour deconvolution"))
        self.centre_button = _button()
        self.centre_button.setToolTip(
            self.tr("The label of a Kaggle tile depends on its central 32 x 32 pixels only")
        )
        self.reset = _button()
        self.reset.setText(self.tr("Reset"))
        self.brightness = _slider(self.tr("Brightness"))
        self.contrast = _slider(self.tr("Contrast"))
        self._values = {self.brightness: QLabel(), self.contrast: QLabel()}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.channel.chosen.connect(self._adjust)
        self.brightness.valueChanged.connect(self._adjust)
        self.contrast.valueChanged.connect(self._adjust)
        self._centre = CentreSquare.OFF
        self._fit_texts()
        self.show_adjustments(NEUTRAL)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(TIGHT)
        top = QHBoxLayout()
        top.setSpacing(TIGHT)
        top.addWidget(self.channel, 1)
        top.addWidget(self.centre_button)
        top.addWidget(self.reset)
        grid.addLayout(top, 0, 0, 1, 3)
        for row, slider in enumerate(self._values, 1):
            name = QLabel(slider.accessibleName())
            name.setBuddy(slider)
            value = self._values[slider]
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(value, row, 2)
        grid.setColumnStretch(1, 1)

    def show_adjustments(self, adjustments: Adjustments) -> None:
        """Show how the picture is adjusted; says nothing about it."""
        self._adjustments = adjustments
        self.channel.show_value(adjustments.channel)
        for slider, value in (
            (self.brightness, adjustments.brightness),
            (self.contrast, adjustments.contrast),
        ):
            with QSignalBlocker(slider):
                slider.setValue(value)
            self._values[slider].setText(signed(value))
        self.reset.setEnabled(not adjustments.is_neutral)

    def set_centre(self, centre: CentreSquare) -> None:
        """Show how the centre square is shown."""
        texts = {
            CentreSquare.OFF: self.tr("Centre: off"),
            CentreSquare.BOX: self.tr("Centre: box"),
            CentreSquare.DIM: self.tr("Centre: dim"),
        }
        self._centre = centre
        self.centre_button.setText(texts[centre])
        self.centre_button.setAccessibleDescription(self.tr("How the centre square is shown"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_texts()

    def _fit_texts(self) -> None:
        """Give texts that change the room of the longest, so that nothing beside them moves."""
        width = self.fontMetrics().horizontalAdvance(signed(-LIMIT))
        for value in self._values.values():
            value.setMinimumWidth(width)
        shown, widths = self._centre, []
        for centre in CentreSquare:
            self.set_centre(centre)
            widths.append(self.centre_button.sizeHint().width())
        self.set_centre(shown)
        self.centre_button.setMinimumWidth(max(widths))

    def follow(self, actions: ActionSet) -> None:
        """Show the keys in force in the tips, and follow them when they are changed.

        Args:
            actions: The commands.
        """
        _follow(self.centre_button, [actions["view.centre-square"]])
        _follow(self.reset, [actions["view.reset-look"]])
        _show_icon(self.reset, actions["view.reset-look"])
        _follow(self.channel, [actions["view.stain"]])
        _follow(self.brightness, [actions["view.brighter"], actions["view.darker"]])
        _follow(self.contrast, [actions["view.more-contrast"], actions["view.less-contrast"]])

    def _adjust(self) -> None:
        chosen = Adjustments(
            channel=self.channel.value,
            brightness=self.brightness.value(),
            contrast=self.contrast.value(),
        )
        self.show_adjustments(chosen)
        self.adjusted.emit(chosen)

    def _channel_texts(self) -> dict[Channel, str]:
        return {channel: channel_name(channel) for channel in Channel}


def channel_name(channel: Channel) -> str:
    """Return what a channel is called in the reader's language."""
    return {
        Channel.COLOUR: translate("LookPanel", "Colour"),
        Channel.HAEMATOXYLIN: translate("LookPanel", "Haematoxylin"),
        Channel.EOSIN: translate("LookPanel", "Eosin"),
    }[channel]


def signed(value: int) -> str:
    """Return a number with its sign; 0 has none."""
    return f"{value:+d}" if value else "0"


def _button() -> QPushButton:
    button = QPushButton()
    button.setObjectName("compact")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the grid
    return button


def _slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(-LIMIT, LIMIT)
    slider.setPageStep(_PAGE_STEP)
    slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    slider.setAccessibleName(name)
    slider.setMinimumWidth(64)
    return slider


def _show_icon(button: QPushButton, action: QAction) -> None:
    """Let a button show the icon of an action, in the colours in force, in place of its text."""
    button.setAccessibleName(button.text())
    button.setText("")
    button.setIcon(action.icon())
    action.changed.connect(lambda: button.setIcon(action.icon()))


def _follow(control: QWidget, actions: list[QAction]) -> None:
    """Let the tip of a control say what its keys do, now and after they were changed."""
    own = control.toolTip()

    def show() -> None:
        native = QKeySequence.SequenceFormat.NativeText
        keys = ", ".join(
            f"{action.text().replace('&', '')} ({action.shortcut().toString(native)})"
            for action in actions
            if not action.shortcut().isEmpty()
        )
        control.setToolTip("\n".join(part for part in (own, keys) if part))

    for action in actions:
        action.changed.connect(show)
    show()
