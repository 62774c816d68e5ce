"""What the window says of the machine."""

from tests.ui.conftest import PATIENCE_MS


def test_the_machine_is_looked_at_when_somebody_asks(window, open_window, project_path, qtbot):
    panel = open_window(project_path).pages.show_page("models").panels["devices"]
    assert panel.report is None

    window.pages.current.show_panel("devices")

    qtbot.waitUntil(lambda: panel.report is not None, timeout=PATIENCE_MS)
    assert panel.report.processor.name in panel.texts
    assert panel.report.reasons[0] in panel.reasons.text()
