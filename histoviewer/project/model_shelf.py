"""The models of an open project: who there is, who ranks the grid, what was exported."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Unpack

from histoviewer.domain.models import ChampionRecord, ExportRecord, KaggleScores, ModelRecord
from histoviewer.project import registry
from histoviewer.project.engine import Database
from histoviewer.project.folder import ProjectFolder
from histoviewer.project.in_use import InUse
from histoviewer.project.numbers import ModelNumbers
from histoviewer.project.places import Places


class ModelShelf(Places):
    """The part of a project that is about models. Threads and errors are those of `Project`.

    Args:
        folder: The project folder.
        database: Its database, open.
    """

    def __init__(self, folder: ProjectFolder, database: Database) -> None:
        super().__init__(folder)
        self._database = database
        self._numbers = ModelNumbers()
        self.networks_in_use = InUse()  # by id of the model

    def models(self) -> list[ModelRecord]:
        """Return all models in the order of their numbers."""
        with self._database.read() as connection:
            return registry.read_models(connection)

    def new_model_number(self) -> AbstractContextManager[int]:
        """Keep a number for the model that is made in the block; others get another meanwhile.

        What was cancelled gives its number back, so that the next may have it; where a later one
        was entered meanwhile, it stays unused.
        """
        return self._numbers.keep(self._used_numbers)

    def add_model(self, record: ModelRecord) -> None:
        """Enter a model in the registry."""
        with self._database.write() as connection:
            registry.add_model(connection, record)

    def note_metrics(self, model_id: str, metrics: Mapping[str, float]) -> ModelRecord:
        """Add figures to those of a model, as when it was judged on this project's tiles."""
        with self._database.write() as connection:
            return registry.add_metrics(connection, model_id, metrics)

    def champion(self) -> str | None:
        """Return the id of the model that ranks the grid; None before there is one."""
        with self._database.read() as connection:
            return registry.read_champion(connection)

    def champions(self) -> list[ChampionRecord]:
        """Return which models became champion, when and why, oldest first."""
        with self._database.read() as connection:
            return registry.read_champions(connection)

    def set_champion(self, model_id: str, *, reason: str) -> None:
        """Make a model champion; the reason is kept with the history of champions."""
        with self._database.write() as connection:
            registry.append_champion(connection, model_id, reason)

    def replace_champion(self, model_id: str, *, before: str | None, reason: str) -> bool:
        """Make a model champion if the champion is still who it was when that was decided.

        Args:
            model_id: Who is to be champion.
            before: Who was champion then; None where nobody was.
            reason: Kept with the history of champions.

        Returns:
            Whether it is; where another model became champion meanwhile, nothing changes.
        """
        with self._database.write() as connection:
            if registry.read_champion(connection) != before:
                return False
            registry.append_champion(connection, model_id, reason)
        return True

    def exports(self) -> list[ExportRecord]:
        """Return all exports, oldest first."""
        with self._database.read() as connection:
            return registry.read_exports(connection)

    def add_export(self, record: ExportRecord) -> None:
        """Enter an export."""
        with self._database.write() as connection:
            registry.add_export(connection, record)

    def note_kaggle_scores(self, number: int, **scores: Unpack[KaggleScores]) -> ExportRecord:
        """Keep what Kaggle said of an export; of the two scores, one that is left out stays.

        Raises:
            InputError: There is no such export, or a score is outside [0, 1].
        """
        with self._database.write() as connection:
            return registry.note_kaggle_scores(connection, number, scores)

    def _used_numbers(self) -> Iterator[int]:
        """Return the numbers of models and of folders: a kill can leave one without an entry."""
        yield from (model.number for model in self.models())
        prefixes = (path.name.partition("-")[0] for path in self.models_folder.glob("[0-9]*-*"))
        yield from (int(prefix) for prefix in prefixes if prefix.isdecimal())
