"""How busy the jobs that run now keep the machine, as bars."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from histoviewer.jobs.messages import GpuLoad, Load
from histoviewer.ui.jobs.history import JobHistory, JobRecord, JobState
from histoviewer.ui.jobs.wording import gib
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.translation import translate
from histoviewer.ui.widgets import frame, heading, label

_STEPS: Final = 1000
_NONE: Final = "\N{EM DASH}"


class LoadCard(QWidget):
    """The jobs that run, each with its speed and what it takes. UI thread only.

    Args:
        jobs: The jobs of this session.
        parent: Owner.
    """

    def __init__(self, jobs: JobHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.shown: dict[JobRecord, JobLoad] = {}
        self._idle = label(
            self.tr("Nothing is being computed. While a job runs, its load stands here."),
            role="muted",
            wraps=True,
        )
        card = frame("card")
        self._column = QVBoxLayout(card)
        self._column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        self._column.setSpacing(WIDE)
        self._column.addWidget(heading(self.tr("How busy it is"), scale=1.0))
        self._column.addWidget(self._idle)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        jobs.changed.connect(self._refresh)
        for record in jobs.records:
            self._refresh(record)

    def _refresh(self, record: JobRecord) -> None:
        """Show one job anew; it goes when it has ended."""
        if record.state is JobState.RUNNING:
            if record not in self.shown:
                self.shown[record] = JobLoad()
                self._column.addWidget(self.shown[record])
            self.shown[record].show_record(record)
        elif (gone := self.shown.pop(record, None)) is not None:
            self._column.removeWidget(gone)
            gone.deleteLater()
        self._idle.setVisible(not self.shown)


class JobLoad(QWidget):
    """Title, speed and meters of one job. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("")
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.speed = label("")
        self.meters: list[Meter] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(WIDE)
        self._grid.setVerticalSpacing(GAP)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.title, 0, 0, 1, 3)
        self._grid.addWidget(label(self.tr("Speed"), role="muted"), 1, 0)
        self._grid.addWidget(self.speed, 1, 1, 1, 2)

    def show_record(self, record: JobRecord) -> None:
        """Show a job as it is now."""
        self.title.setText(record.step or record.title)
        rate = None if record.progress is None else record.progress.rate
        self.speed.setText(
            _NONE if rate is None else self.tr("{rate:,.0f} tiles/s").format(rate=rate)
        )
        rows = [] if record.load is None else _rows(record.load)
        while len(self.meters) < len(rows):
            self.meters.append(Meter(self._grid, row=2 + len(self.meters)))
        for place, meter in enumerate(self.meters):
            meter.show_row(rows[place] if place < len(rows) else None)


_Row = tuple[str, float | None, str]


class Meter:
    """A name, a bar and what it says in words: one row of a grid. UI thread only.

    Args:
        grid: Where it stands.
        row: In which row.
    """

    def __init__(self, grid: QGridLayout, *, row: int) -> None:
        self.name = label("", role="muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.text = label("")
        for column, widget in enumerate((self.name, self.bar, self.text)):
            grid.addWidget(widget, row, column)

    def show_row(self, row: _Row | None) -> None:
        """Show a name, a share 0-1 and words; nothing for None."""
        widgets: tuple[QLabel | QProgressBar, ...] = (self.name, self.bar, self.text)
        for widget in widgets:
            widget.setVisible(row is not None)
        if row is not None:
            name, share, words = row
            self.name.setText(name)
            self.bar.setAccessibleName(name)
            self.bar.setToolTip(words)
            self.bar.setValue(round(_STEPS * min(1.0, share or 0.0)))
            self.text.setText(words)


def _rows(load: Load) -> list[_Row]:
    rows: list[_Row] = [
        (translate("jobs", "Processors"), load.processor, f"{load.processor:.0%}"),
        (
            translate("jobs", "Memory"),
            load.memory / load.memory_total,
            _of(load.memory, load.memory_total),
        ),
    ]
    for number, card in enumerate(load.gpus, start=1):
        rows += _gpu_rows(card, "" if len(load.gpus) == 1 else f" {number}")
    return rows


def _gpu_rows(card: GpuLoad, number: str) -> list[_Row]:
    """Return what a card does, and what of its memory is taken, by whomever."""
    busy = _NONE if card.busy is None else f"{card.busy:.0%}"
    rows: list[_Row] = [(translate("jobs", "GPU{number}").format(number=number), card.busy, busy)]
    if card.memory is not None and card.memory_total:
        name = translate("jobs", "Memory of GPU{number}").format(number=number)
        share = card.memory / card.memory_total
        rows.append((name, share, _of(card.memory, card.memory_total)))
    return rows


def _of(used: int, total: int) -> str:
    return translate("jobs", "{used} of {all}").format(used=gib(used), all=gib(total))
