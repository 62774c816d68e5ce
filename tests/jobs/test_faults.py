"""A GPU that stops answering: one sentence, and a process that works for the next job."""

import pytest

from histoviewer.errors import DeviceError
from histoviewer.jobs.faults import lost_device
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Failed, Finished
from tests.jobs.bodies import Said
from tests.jobs.conftest import job

# As they were reported to the projects.
LOST = [
    "failed to query event: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered",
    "CUDA error: unspecified launch failure",
    "INTERNAL: stream was already in an error state: CUDA_ERROR_LAUNCH_FAILED",
    "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost. Reboot the system",
    "NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.",
    "HIP error: hipErrorLaunchFailure",
    "CUDA error: CUDA-capable device(s) is/are busy or unavailable",
]
NOT_LOST = [
    "failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)",
    "CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected",
    "CUDA_ERROR_OUT_OF_MEMORY: out of memory",
    "CUDA error: out of memory",
    "ValueError: shapes do not match",
]


@pytest.mark.parametrize("line", LOST)
def test_a_lost_gpu_is_known_by_what_the_libraries_say(line: str) -> None:
    error = lost_device(["some line", line])

    assert isinstance(error, DeviceError)
    assert error.message.startswith("The GPU stopped answering in the middle of the job (")


@pytest.mark.parametrize("line", NOT_LOST)
def test_other_faults_are_no_lost_gpu(line: str) -> None:
    assert lost_device([line]) is None


@pytest.mark.parametrize("body", ["lose_device", "lose_device_and_die"])
def test_a_lost_gpu_is_one_sentence_and_the_next_job_has_another_process(body: str) -> None:
    with LaneProcess() as lane:
        before = lane.warm_up({}).pid
        ending = lane.run(job(body, LOST[0]), Said())
        after = lane.run(job("process_id"), Said())

    assert isinstance(ending, Failed)
    assert isinstance(ending.error, DeviceError)
    assert "CUDA_ERROR_ILLEGAL_ADDRESS" in ending.message
    assert isinstance(after, Finished)
    assert after.result != before
