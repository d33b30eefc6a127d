"""The breaker: closed, open, one probe."""

import threading

import pytest

from coach.errors import ModelOutputInvalid, ModelUnavailable
from coach.llm import Breaker, State


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(ModelUnavailable, match="http-503"), breaker.attempt():
            raise ModelUnavailable("http-503", "no")


def asks(breaker: Breaker) -> bool:
    """Whether a call would go through; it works if it does."""
    try:
        with breaker.attempt():
            return True
    except ModelUnavailable:
        return False


def test_it_opens_after_failures_in_a_row_and_closes_after_a_probe_that_works() -> None:
    clock, states = Clock(), list[State]()
    breaker = Breaker(failures=3, pause=30, clock=clock, changed=states.append)
    fail(breaker, 2)
    assert asks(breaker)
    fail(breaker, 3)
    assert not asks(breaker)
    clock.now = 29.9
    assert not asks(breaker)
    clock.now = 30.0
    assert asks(breaker)
    assert states == [State.OPEN, State.HALF_OPEN, State.CLOSED]


def test_a_probe_that_fails_opens_it_again() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, pause=30, clock=clock)
    fail(breaker)
    clock.now = 31
    fail(breaker)
    clock.now = 60
    assert not asks(breaker)
    clock.now = 61
    assert asks(breaker)


def test_of_many_threads_one_probes() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, pause=1, clock=clock)
    fail(breaker)
    clock.now = 2
    ready, release = threading.Barrier(9), threading.Event()
    passed: list[int] = []

    def call(number: int) -> None:
        ready.wait()
        try:
            with breaker.attempt():
                passed.append(number)
                release.wait(10)
        except ModelUnavailable:
            release.set() if len(refused) == 6 else refused.append(number)

    refused: list[int] = []
    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    ready.wait()
    for thread in threads:
        thread.join()
    assert len(passed) == 1
    assert breaker.state == State.CLOSED


def test_a_cancelled_probe_leaves_the_next_one_to_find_out() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, pause=1, clock=clock)
    fail(breaker)
    clock.now = 2
    with pytest.raises(KeyboardInterrupt), breaker.attempt():
        raise KeyboardInterrupt
    assert asks(breaker)


def test_a_bad_answer_shows_that_the_address_answers() -> None:
    breaker = Breaker(failures=2)
    fail(breaker)
    with pytest.raises(ModelOutputInvalid), breaker.attempt():
        raise ModelOutputInvalid("empty", "nothing")
    fail(breaker)
    assert asks(breaker)


def test_an_address_that_asks_for_rest_gets_it() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.rest(120)
    clock.now = 119
    assert not asks(breaker)
    clock.now = 120
    assert asks(breaker)
