"""Telling a GPU that stopped answering from all else that goes wrong in a compute process.

No library has an exception of its own for it: TensorFlow and jax raise internal errors, torch a
plain `RuntimeError`, and TensorFlow often ends the process with a last line in its log. What they
share are the names that CUDA, cuDNN and HIP give to their errors.
"""

import re
from collections.abc import Iterable
from typing import Final

from histoviewer.errors import DeviceError

_LOST: Final = re.compile(
    r"CUDA_ERROR_\w+"  # the driver's, as TensorFlow and jax pass it on
    r"|CUDA error: [^\n]+"  # torch
    r"|cudaError[A-Z]\w+"
    r"|hipError[A-Z]\w+"
    r"|HIP error: [^\n]+"
    r"|CUDNN_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR)"
    r"|GPU sync failed"
    r"|GPU is lost"
    r"|fallen off the bus"
    r"|DEVICE_LOST"
)
# The same words in what is no loss: memory that is short, and a machine that never had a GPU.
_OTHER: Final = re.compile(
    r"out of memory|OUT_OF_MEMORY|OutOfMemory|MemoryAllocation"
    r"|NO_DEVICE|NoDevice|cuInit|no CUDA-capable device|INSUFFICIENT_DRIVER|InsufficientDriver",
    re.IGNORECASE,
)


def lost_device(lines: Iterable[str]) -> DeviceError | None:
    """Return the error to tell a reader where some line says that the GPU is gone, else None.

    Args:
        lines: Of an exception, or the last ones of a process that died.
    """
    for line in lines:
        found = _LOST.search(line)
        if found and not _OTHER.search(line):
            return DeviceError(
                f"The GPU stopped answering in the middle of the job ({found[0].strip()}).",
                "Nothing that was finished is lost: try again, and restart the computer or update "
                "the driver if it happens again.",
            )
    return None
