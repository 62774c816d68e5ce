"""Learning rate and time limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.recipe_tables import Optimiser
from histoviewer.ml.schedule import Course, Deadline, Ending, learning_rate


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_cosine_climbs_in_the_warm_up_and_falls_to_zero() -> None:
    optimiser = Optimiser(learning_rate=0.1, schedule="cosine", warmup=0.2)
    rates = [learning_rate(optimiser, share) for share in (0.0, 0.1, 0.2, 0.6, 1.0)]
    assert rates == pytest.approx([0.0, 0.05, 0.1, 0.05, 0.0])


@given(share=st.floats(0, 1), warmup=st.floats(0, 0.9))
def test_the_rate_never_leaves_its_bounds(share: float, warmup: float) -> None:
    for schedule in ("constant", "cosine"):
        optimiser = Optimiser(learning_rate=0.1, schedule=schedule, warmup=warmup)
        assert 0 <= learning_rate(optimiser, share) <= 0.1


def test_a_run_without_a_limit_goes_by_steps() -> None:
    course = Course(10, Deadline(clock=Clock()))
    course.step = 4
    assert course.share == pytest.approx(0.4)
    assert not course.look_at_the_clock()


def test_a_limited_run_goes_through_the_whole_schedule_in_its_time() -> None:
    clock = Clock()
    course = Course(1_000_000, Deadline(60, clock))
    course.reserve_s = 10
    course.step = 3
    clock.now += 25
    assert course.share == pytest.approx(0.5)
    assert course.left_s == pytest.approx(25)
    clock.now += 25
    assert course.look_at_the_clock()


def test_a_run_faster_than_its_limit_goes_by_steps() -> None:
    clock = Clock()
    course = Course(10, Deadline(1000, clock))
    course.step = 5
    clock.now += 5
    assert course.share == pytest.approx(0.5)


def test_a_run_that_is_out_of_time_stays_so() -> None:
    """The first epoch keeps much time for a validation that then takes little of it."""
    clock = Clock()
    course = Course(10, Deadline(60, clock), reserve_s=8)
    clock.now += 53
    assert course.look_at_the_clock()
    course.reserve_s = 1
    assert course.look_at_the_clock()
    assert course.was_out_of_time


def test_a_run_ends_before_the_step_that_would_not_be_done_in_time() -> None:
    clock = Clock()
    course = Course(1_000, Deadline(10, clock), reserve_s=3.0, longest_s=2.0)
    clock.now += 4.9
    assert not course.look_at_the_clock()
    assert course.share == pytest.approx(0.98)
    clock.now += 0.2
    assert course.look_at_the_clock()


def test_the_rate_of_the_middle_of_some_steps_is_asked_for() -> None:
    course = Course(8, Deadline(clock=Clock()))
    assert (course.share_after(0), course.share_after(4)) == (0.0, 0.5)
    course.step = 6
    assert course.share_after(4) == 1.0


def test_a_run_that_ended_by_itself_was_not_out_of_time() -> None:
    clock = Clock()
    course = Course(10, Deadline(60, clock), reserve_s=8)
    clock.now += 51
    assert not course.look_at_the_clock()
    clock.now += 5
    assert not course.was_out_of_time


def test_a_run_begun_anew_goes_through_the_whole_schedule_in_the_time_left() -> None:
    clock = Clock()
    deadline = Deadline(60, clock)
    clock.now += 20
    again = Course(1_000_000, deadline)
    assert again.share == 0.0
    again.step = 1
    clock.now += 20
    assert again.share == pytest.approx(0.5)
    assert again.left_s == pytest.approx(20)
    assert again.elapsed == pytest.approx(40)
    clock.now += 20
    assert again.look_at_the_clock()


def test_time_is_kept_for_the_network_that_looks_at_a_tile_in_more_orientations() -> None:
    once, pooled = (Ending(tiles=100, others=500, views=views) for views in (1, 8))
    assert once.guess(rate=100) == pytest.approx(2 + 5 + 100 / 300)
    assert pooled.guess(rate=100) == pytest.approx(3 + 5 + 900 / 300)
    assert once.see(before=1, judging=3, rate=100) == pytest.approx(1 + 1.5 * 4)
    # The first compiled for 2.5 s, which the network that is kept has to do once, not eight times.
    assert pooled.see(before=1, judging=3, rate=200 / 3) == pytest.approx(7 + 2.5 + 8 * 0.5)
    # What follows shows how long the tiles themselves take.
    assert pooled.see(before=1, judging=1, rate=100) == pytest.approx(4 + 2 + 8 * 1)


def test_time_is_kept_to_validate_both_ways_to_normalise() -> None:
    one, both = (Ending(tiles=100, others=500, choices=choices) for choices in (1, 2))
    assert one.guess(rate=100) == pytest.approx(2 + 5 + 100 / 300)
    assert both.guess(rate=100) == pytest.approx(2 + 2 * (5 + 100 / 300))
    assert both.see(before=1, judging=3, rate=100) == pytest.approx(1 + 1.5 * 2 * 4)


def test_a_first_validation_that_took_less_than_feared_is_believed() -> None:
    pooled = Ending(tiles=100, others=500, views=2)
    assert pooled.see(before=0, judging=0.1, rate=None) == pytest.approx(1.15 + 2 * 0.1)
