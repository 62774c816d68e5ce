"""What a reader does while it is measured. Each scene runs in the process of the window.

Scenes return samples by name, in ms unless the name says otherwise. The yardstick, one paint of a
plain list view (see `plain`), is taken between them.
"""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QApplication

from benchmarks.desk import Desk
from benchmarks.opening import opening
from benchmarks.plain import Yardstick
from benchmarks.watching import mapped_mb, memory_mb
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.ui.window import MainWindow

SCROLLS, JUMPS, KEYS, ARRANGEMENTS, BULKS = 300, 150, 300, 3, 3
BULK = 10_000
_TRAINING_MINUTES = 15
_VERDICTS = "10XA"  # keys, in turn

Samples = dict[str, list[float]]


class Studio:
    """A window under measurement, and the yardstick beside it.

    Args:
        window: The real one.
    """

    def __init__(self, window: MainWindow) -> None:
        self.desk = Desk(window)
        self._yardstick = Yardstick()
        self.samples: Samples = {}

    def take(self, name: str, milliseconds: float) -> None:
        """Note what was measured, and the yardstick just after it."""
        self.samples.setdefault(name, []).append(milliseconds)
        self.samples.setdefault(f"{name} yardstick", []).append(self._yardstick.measure())
        QApplication.processEvents()

    def close(self) -> None:
        """Put the yardstick away."""
        self._yardstick.close()


def reviewing(window: MainWindow, with_training: str = "") -> Samples:
    """Open, scroll, jump, sort, filter, judge, judge many; at last while a training runs."""
    samples = opening(window)
    studio = Studio(window)
    studio.samples = samples
    desk = studio.desk
    desk.show_view()
    samples["growth"] = [memory_mb()]
    scroll(studio)
    arrange(studio)
    judge(studio, "key idle")
    judge_large(studio)
    judge_many(studio)
    samples["memory"] = [memory_mb()]
    samples["mapped"] = [mapped_mb()]
    if with_training:
        desk.arrange(Query(split=Split.TRAIN))
        desk.train(minutes=_TRAINING_MINUTES)
        judge(studio, "key training")
        samples["memory training"] = [memory_mb()]
        assert desk.window.bench.batch.is_busy, "the training ended too early"
        desk.window.bench.batch.abandon()
    desk.wait_for_saved()
    studio.close()
    return samples


# --- painting


def scroll(studio: Studio) -> None:
    """Scroll by bits, and jump, over tiles seen before; then jump to tiles never seen."""
    desk = studio.desk
    bar = desk.grid.verticalScrollBar()

    def by_wheel() -> float:
        began = bar.value()
        return desk.until_painted(lambda: desk.wheel(41), lambda: bar.value() != began)

    def jump(place: int) -> float:
        return desk.until_painted(lambda: bar.setValue(place), lambda: bar.value() == place)

    def jump_and_see(place: int) -> float:
        return desk.until_painted(lambda: bar.setValue(place), desk.has_pixels)

    bar.setValue(bar.maximum() // 2)
    desk.settle()
    for _ in range(SCROLLS):  # readers read ahead of the wheel, not of this: no grey cells
        studio.take("scroll", by_wheel())
        desk.settle()
    seen = range(bar.value() - SCROLLS * 41, bar.value(), max(1, SCROLLS * 41 // JUMPS))
    for place in seen:
        studio.take("jump", jump(place))
        desk.settle()
    for place in desk.random_places(JUMPS, seed=1):
        studio.take("unseen", jump_and_see(place))
    glide(studio)


def glide(studio: Studio) -> None:
    """Turn the wheel by notches and note the time from each to the first paint."""
    desk = studio.desk
    bar = desk.grid.verticalScrollBar()

    def turn(notches: int) -> float:
        began = bar.value()
        return desk.until_painted(lambda: desk.wheel(notches=notches), lambda: bar.value() != began)

    for number in range(JUMPS):
        studio.take("notch", turn(1 if number % 40 < 20 else -1))


# --- arranging


def questions(desk: Desk) -> dict[str, Query]:
    """Return a query for each sort, and for each filter."""
    usual = Query()
    group = desk.session.tiles.group_names[0]
    some_id = desk.session.tiles.ids[len(desk.session.tiles) // 2][-5:]
    filters = {
        "split": Query(split=Split.TRAIN),
        **{f"state {state}": Query(state=state) for state in State},
        "score": Query(score_low=0.2, score_high=0.8),
        "given": Query(given=1),
        "effective": Query(effective=1),
        "disagrees": Query(disagrees=True),
        "group": Query(group=group),
        "reader": Query(reader=desk.session.reader),
        "search": Query(search=some_id),
        "problem": Query(problem=ProblemFlag.CONSTANT | ProblemFlag.DUPLICATE),
    }
    sorts = {f"sort {key}": replace(usual, sort=key, seed=7) for key in SortKey}
    return {**{f"filter {name}": query for name, query in filters.items()}, **sorts}


def arrange(studio: Studio) -> None:
    """Change sort and filter, each from the usual one: until the new order is painted."""
    desk = studio.desk
    heard: list[Any] = []
    desk.page.changed_order.connect(lambda: heard.append(None))
    views = desk.grid.viewport(), desk.page.empty  # nothing may match

    def change(query: Query) -> float:
        heard.clear()
        return desk.until_painted(lambda: desk.ask(query), lambda: bool(heard), *views)

    for name, query in questions(desk).items():
        for _ in range(ARRANGEMENTS):
            desk.arrange(Query(sort=SortKey.DATASET))
            studio.take(name, change(query))
    desk.arrange(Query())


# --- judging


def judge(studio: Studio, name: str, *, keys: int = KEYS) -> None:
    """Press verdict keys in the grid: until the verdict and the next tile are painted."""
    desk = studio.desk
    desk.arrange(Query(split=Split.TRAIN, state=State.UNDECIDED))
    desk.press("Home")
    for turn in range(keys):
        desk.settle()
        studio.take(name, verdict(desk, _VERDICTS[turn % 4]))
    desk.wait_for_saved()


def verdict(desk: Desk, key: str) -> float:
    """Give the current tile a verdict; return the time until it and the next tile are painted."""
    tile = desk.grid.current

    def shows_next() -> bool:
        following = desk.grid.current
        return (
            following not in {None, tile}
            and bool(desk.session.states.decided[tile] >= 0)
            and following in desk.tiles_in_view()
            and desk.has_pixels()
        )

    return desk.until_painted(lambda: desk.press(key), shows_next)


def judge_large(studio: Studio) -> None:
    """Press verdict keys in the large view: until the original of the next tile is painted."""
    desk = studio.desk
    desk.press("Return")
    picture = desk.page.large.picture

    def judge_one(key: str) -> float:
        shown = picture.image
        return desk.until_painted(
            lambda: desk.press(key), lambda: picture.image is not shown, picture
        )

    for turn in range(KEYS):
        studio.take("key large", judge_one(_VERDICTS[turn % 4]))
    desk.press("Escape")
    desk.wait_for_saved()


def judge_many(studio: Studio) -> None:
    """Give 10,000 tiles a verdict, and take it back: until painted, and until saved."""
    desk = studio.desk
    desk.arrange(Query(split=Split.TRAIN))
    count = min(BULK, len(desk.grid.order) // 2)
    studio.samples["bulk tiles"] = [count]
    log = desk.session.log

    def step(key: str, name: str) -> None:
        steps = len(log.batches)
        took = desk.until_painted(lambda: desk.press(key), lambda: len(log.batches) > steps)
        studio.take(name, took)
        until_saved = took + desk.until_saved()
        studio.samples.setdefault(f"{name} saved", []).append(until_saved)

    for turn in range(BULKS):
        desk.grid.choose(desk.grid.order[:count])
        desk.settle()
        step("01"[turn % 2], "bulk")
        step("Ctrl+Z", "bulk undo")
    desk.press("Ctrl+D")
