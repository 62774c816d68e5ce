"""The verb about the machine: devices."""

from collections.abc import Iterator
from dataclasses import asdict

from histoviewer.cli.output import BackendOption, JsonOption, gib, perform, report
from histoviewer.domain.devices import DeviceReport
from histoviewer.services.devices import describe_devices


def devices(*, backend: BackendOption = None, as_json: JsonOption = False) -> None:
    """Say what models are trained and scored on, and why not on more."""
    found = perform(describe_devices(backend=backend))
    report("\n".join(_lines(found)), asdict(found), as_json=as_json)


def _lines(found: DeviceReport) -> Iterator[str]:
    processor = found.processor
    cores = "" if processor.cores is None else f"{processor.cores} cores, "
    yield f"backend    {found.backend} {found.backend_version}, Keras {found.keras_version}"
    yield f"processor  {processor.name}, {cores}{processor.threads} threads"
    yield f"           {', '.join(processor.features) or 'no special instructions known'}"
    yield f"memory     {gib(processor.memory)}, {gib(processor.free_memory)} free"
    for device in found.accelerators:
        size = "" if device.memory is None else f", {gib(device.memory)}"
        yield f"GPU        {device.name}{size}"
    yield f"precision  {found.precision}"
    yield from found.reasons
