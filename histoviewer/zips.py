"""Reading zip files from elsewhere, of which nothing is taken on trust.

A megabyte of zip can hold gigabytes of zeros, and each way of packing fails in a way of its own
where it is damaged. What is read here has a limit, and one error where it is not sound.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Self

_PIECE: Final = 1 << 20
_ENCRYPTED: Final = 0x1

# What Python's own `zipfile` and Keras write. The others unpack a piece of any size at once.
_PACKED_BY: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class DamagedZipError(ValueError):
    """A file is no zip, or what is asked for is not in it as it should be; says which and why."""


class ForeignZip:
    """A zip file that somebody else wrote, open for reading. To be used with `with`.

    Args:
        source: The file, or a stream of its bytes that can be sought.

    Raises:
        OSError: There is no such file, or no right to read it.
        DamagedZipError: It is no zip.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self._stream = source.open("rb") if isinstance(source, Path) else source
        try:
            with _decoding("it is cut short, damaged or no zip"):
                self._archive = zipfile.ZipFile(self._stream)
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the file."""
        self._archive.close()
        self._stream.close()

    def read(self, name: str, *, most: int) -> bytes:
        """Return the content of a file of it; see `pieces`."""
        return b"".join(self.pieces(name, most=most))

    def pieces(self, name: str, *, most: int) -> Iterator[bytes]:
        """Yield the content of a file of it, in pieces of at most a MiB.

        Args:
            name: Which.
            most: The largest size in bytes that is sound.

        Raises:
            DamagedZipError: It is not there, larger, or damaged.
        """
        info = self._info(name, most)
        with _decoding(f"its {name} is damaged"), self._archive.open(info) as stream:
            while piece := stream.read(_PIECE):
                most -= len(piece)
                if most < 0:
                    raise DamagedZipError(f"its {name} is too large")
                yield piece

    def _info(self, name: str, most: int) -> zipfile.ZipInfo:
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            raise DamagedZipError(f"it lacks {name}") from None
        if info.file_size > most:
            raise DamagedZipError(f"its {name} is too large")
        if info.compress_type not in _PACKED_BY or info.flag_bits & _ENCRYPTED:
            raise DamagedZipError(f"its {name} is packed in a way that is not read here")
        return info


@contextmanager
def _decoding(why: str) -> Iterator[None]:
    """Raise `DamagedZipError` for whatever goes wrong in reading."""
    try:
        yield
    except DamagedZipError:
        raise
    except Exception as error:  # zipfile and its decoders raise whatever a wrong length leads to
        raise DamagedZipError(why) from error
