"""What models are trained and scored on."""

from histoviewer.domain.devices import DeviceReport
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.services.backends import environment_of


def describe_devices(*, backend: str | None = None) -> Operation[DeviceReport]:
    """Return what a backend computes on, and why not on more.

    Asked in a process of its own: finding out imports the backend.

    Args:
        backend: Its name; None for the one that KERAS_BACKEND names, else TensorFlow.

    Raises:
        InputError: There is no such backend, or it is not installed.
    """
    environment = environment_of(backend)

    def ask() -> Operation[DeviceReport]:
        report: DeviceReport = yield Job(
            title="Looking at this computer",
            target="histoviewer.ml.work:devices",
            request=None,
            lane=Lane.LOOKS,
            environment=environment,
        )
        return report

    return ask()
