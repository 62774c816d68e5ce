"""The verb about the machine: devices."""

from collections.abc import Iterator
from dataclasses import asdict

from histoviewer.cli.output import BackendOption, JsonOption, perform, report
from histoviewer.domain.devices import DeviceReport
from histoviewer.services.devices import describe_devices

_GIB = 1 << 30


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
    yield (
        f"memory     {processor.memory / _GIB:.1f} GiB, {processor.free_memory / _GIB:.1f} GiB free"
    )
    for device in found.accelerators:
        size = "" if device.memory is None else f", {device.memory / _GIB:.1f} GiB"
        yield f"GPU        {device.name}{size}"
    yield f"precision  {found.precision}"
    yield from found.reasons
