"""What there is to compute on, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """The processor.

    Args:
        name: As it calls itself.
        cores: Physical cores; None where the system does not tell.
        threads: Logical ones.
        features: Of its instructions, those that matter here: 'AVX2', 'AVX-512', 'bfloat16', 'AMX'.
        memory: Bytes in all.
        free_memory: Bytes that could be had now.
    """

    name: str
    cores: int | None
    threads: int
    features: tuple[str, ...]
    memory: int
    free_memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """A device that the backend would compute on besides the processor.

    Args:
        name: As it calls itself.
        memory: Bytes in all; None where neither backend nor driver tells.
    """

    name: str
    memory: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """What will be computed on, and why not on more.

    Args:
        backend: Library below Keras.
        backend_version: Its version.
        keras_version: Of Keras.
        processor: The processor.
        accelerators: What is used besides; empty for nothing.
        precision: What recipes that leave it open compute in: 'float32' or 'mixed_bfloat16'.
        reasons: Why it is so and not more, a sentence each.
    """

    backend: str
    backend_version: str
    keras_version: str
    processor: Processor
    accelerators: tuple[Accelerator, ...]
    precision: str
    reasons: tuple[str, ...]
