"""A head as it is kept beside the network it was put into: small, and enough to make that again."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Float32

HEAD_FILE: Final = "head.npz"


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptHead:
    """The last layer of a network whose other layers are another model's.

    Args:
        kernel: (D,) float32.
        bias: Its bias.
        network: SHA-256 of the file of that other model.
    """

    kernel: Float32
    bias: float
    network: str

    def write(self, path: Path) -> None:
        """Write it.

        Raises:
            OSError: As the operating system says.
        """
        np.savez(path, kernel=self.kernel, bias=np.float32(self.bias), network=self.network)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read it; None where there is none, or it is damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(
                    kernel=stored["kernel"],
                    bias=float(stored["bias"]),
                    network=str(stored["network"]),
                )
        except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
            return None
