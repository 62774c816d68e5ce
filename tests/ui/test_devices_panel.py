"""What the window says of the machine."""

from PySide6.QtCore import Qt

from histoviewer.jobs.messages import GpuLoad, Load
from histoviewer.ui.jobs.history import JobRecord
from histoviewer.ui.jobs.wording import describe_load
from histoviewer.ui.models.devices.load_card import JobLoad
from histoviewer.ui.tasks import Task
from tests.ui.conftest import PATIENCE_MS, operation

GIB = 1 << 30
UNTIL_CANCELLED = ("until_cancelled", None)


def test_the_machine_is_looked_at_when_somebody_asks(window, open_window, project_path, qtbot):
    panel = open_window(project_path).pages.show_page("models").panels["devices"]
    assert panel.report is None

    window.pages.current.show_panel("devices")

    qtbot.waitUntil(lambda: panel.report is not None, timeout=PATIENCE_MS)
    assert panel.report.processor.name in panel.texts
    assert panel.report.reasons[0] in panel.reasons.text()


def test_a_question_without_an_answer_is_told_and_can_be_asked_again(
    window, open_window, project_path, qtbot, monkeypatch
):
    panel = open_window(project_path).pages.show_page("models").panels["devices"]
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    window.pages.current.show_panel("devices")
    assert "could not be looked at. There is no backend 'theano'." in panel.reasons.text()
    monkeypatch.undo()

    qtbot.mouseClick(panel.again, Qt.MouseButton.LeftButton)

    assert panel.reasons.text() == "Looking…"
    with qtbot.waitSignal(window.bench.looks.became_idle, timeout=PATIENCE_MS):
        window.bench.looks.cancel()
    assert panel.report is None
    assert "Look again" in panel.reasons.text()


def test_a_running_job_shows_how_busy_it_keeps_the_machine(
    window, open_window, project_path, qtbot
):
    panel = open_window(project_path).pages.show_page("models").panels["devices"]
    lane = window.bench.files
    with qtbot.waitSignal(lane.load_measured, timeout=PATIENCE_MS) as measured:
        lane.submit(Task(title="Long", lane=lane.lane, start=lambda: operation(UNTIL_CANCELLED)))
    load = measured.args[0]

    (shown,) = panel.load.shown.values()
    assert shown.title.text() == "until_cancelled"
    assert [meter.name.text() for meter in shown.meters] == ["Processors", "Memory"]
    assert shown.meters[0].text.text() == f"{load.processor:.0%}"

    with qtbot.waitSignal(lane.became_idle, timeout=PATIENCE_MS):
        lane.cancel()
    assert not panel.load.shown


def test_a_gpu_has_meters_of_its_own(qtbot):
    shown = JobLoad()
    qtbot.addWidget(shown)
    gpu = GpuLoad(busy=0.87, memory=3 * GIB, memory_total=8 * GIB)
    load = Load(processor=0.5, memory=GIB, memory_total=16 * GIB, gpus=(gpu,))

    shown.show_record(JobRecord(task=None, lane=None, queued=None, step="Training", load=load))

    assert [meter.text.text() for meter in shown.meters] == [
        "50%",
        "1.0 GiB of 16.0 GiB",
        "87%",
        "3.0 GiB of 8.0 GiB",
    ]
    assert [meter.bar.value() for meter in shown.meters] == [500, 62, 870, 375]


def test_the_load_is_said_in_one_line():
    cards = (GpuLoad(busy=None, memory=None, memory_total=None),)
    gpu = GpuLoad(busy=0.87, memory=3 * GIB, memory_total=8 * GIB)
    load = Load(processor=0.94, memory=GIB, memory_total=16 * GIB, gpus=(gpu, *cards))

    assert describe_load(load) == "CPU 94% · 1.0 GiB · GPU 87%, 3.0 of 8.0 GiB"
