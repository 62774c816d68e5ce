"""The panel that says what models are computed on, why not on more, and how busy that is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from histoviewer.domain.devices import DeviceReport
from histoviewer.ui.models.devices.load_card import LoadCard
from histoviewer.ui.models.panel import Panel
from histoviewer.ui.pages import PageContext
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label

_GIB = 1 << 30


class DevicesPanel(Panel):
    """What there is to compute on, and how busy it is. UI thread only.

    Asked when the panel is first shown: that imports the backend.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane = context.bench.looks
        self._task: Task | None = None  # the question that was asked last
        self.report: DeviceReport | None = None
        self.again = QPushButton(self.tr("Look again"))
        self.again.setToolTip(self.tr("Ask the system and the backend once more"))
        self.again.clicked.connect(self._ask)
        self._lane.operation_cancelled.connect(self._note_cancelled)
        self.load = LoadCard(context.jobs)
        self.facts = QGridLayout()
        self.reasons = label("", wraps=True)
        self._lay_out()
        self.setFocusProxy(self.again)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(heading(self.tr("What models are computed on"), scale=1.0))
        head.addStretch(1)
        head.addWidget(self.again)
        self.facts.setHorizontalSpacing(2 * WIDE)
        self.facts.setVerticalSpacing(GAP)
        self.facts.setColumnStretch(1, 1)
        card = frame("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        inner.setSpacing(WIDE)
        inner.addLayout(head)
        inner.addLayout(self.facts)
        inner.addWidget(self.reasons)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        column.addWidget(card)
        column.addWidget(self.load)
        column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask when it is first looked at."""
        super().showEvent(event)
        if self._task is None:
            self._ask()

    def _ask(self) -> None:
        from histoviewer.services.devices import describe_devices

        if self._lane.has(self._task):
            return
        self.reasons.setText(self.tr("Looking…"))
        self._task = Task(
            title=self.tr("Look at this computer"),
            lane=self._lane.lane,
            start=describe_devices,
            on_finished=self._show,
            on_failed=self._show_failure,
        )
        self._lane.submit(self._task)

    def _show_failure(self, error: Exception) -> None:
        """Say why there is no answer; what was found before stays."""
        self.reasons.setText(
            self.tr("This computer could not be looked at. {why}").format(why=error)
        )

    def _note_cancelled(self, task: Task) -> None:
        if task is self._task:
            self.reasons.setText(self.tr("Cancelled: Look again asks once more."))

    def _show(self, found: DeviceReport) -> None:
        self.report = found
        processor = found.processor
        size = self.tr("{all} GiB, {free} GiB free")
        rows = [
            (
                self.tr("Backend"),
                self.tr("{name} {version}, Keras {keras}").format(
                    name=found.backend, version=found.backend_version, keras=found.keras_version
                ),
            ),
            (self.tr("Processor"), processor.name),
            (
                self.tr("Cores"),
                self.tr("{cores} cores, {threads} threads").format(
                    cores=processor.cores or "?", threads=processor.threads
                ),
            ),
            (self.tr("Instructions"), ", ".join(processor.features) or "\N{EM DASH}"),
            (
                self.tr("Memory"),
                size.format(
                    all=f"{processor.memory / _GIB:.1f}", free=f"{processor.free_memory / _GIB:.1f}"
                ),
            ),
            *((self.tr("GPU"), _gpu(device.name, device.memory)) for device in found.accelerators),
            (self.tr("Precision"), found.precision),
        ]
        self._fill(rows)
        self.reasons.setText("\n".join(found.reasons))

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        while (item := self.facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for row, (name, value) in enumerate(rows):
            self.facts.addWidget(label(name, role="muted"), row, 0)
            shown = label(value, wraps=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.facts.addWidget(shown, row, 1)

    @property
    def texts(self) -> list[str]:
        """Return what is shown, row by row."""
        cells = [self.facts.itemAt(place) for place in range(self.facts.count())]
        widgets = [cell.widget() for cell in cells if cell is not None]
        return [widget.text() for widget in widgets if isinstance(widget, QLabel)]


def _gpu(name: str, memory: int | None) -> str:
    return name if memory is None else f"{name}, {memory / _GIB:.1f} GiB"
