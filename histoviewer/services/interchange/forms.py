"""The forms in which verdicts leave the program."""

from enum import StrEnum


class Form(StrEnum):
    """A form of export; the value is its name on the command line."""

    CSV = "csv"
    JSON = "json"
    LABEL_STUDIO = "label-studio"
    FIFTYONE = "fiftyone"

    @property
    def is_folder(self) -> bool:
        """Return whether a folder is written rather than one file."""
        return self in (Form.LABEL_STUDIO, Form.FIFTYONE)
