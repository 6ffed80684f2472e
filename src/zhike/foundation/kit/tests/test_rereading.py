import pytest

from zhike.foundation.kit import rereading
from zhike.foundation.kit.rereading import Rereading


class Source:
    """A value with a token, which counts how often each is asked for."""

    def __init__(self) -> None:
        self.token, self.value, self.asked, self.read = "a", 1, 0, 0

    def ask(self) -> str:
        self.asked += 1
        return self.token

    def fetch(self) -> int:
        self.read += 1
        return self.value


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [0.0]
    monkeypatch.setattr(rereading.time, "monotonic", lambda: moment[0])
    return moment


def test_within_its_time_nothing_is_asked(now: list[float]) -> None:
    source = Source()
    kept = Rereading(source.ask, source.fetch, seconds=5)

    kept.get()
    source.token, source.value = "b", 2
    now[0] = 4.9

    assert kept.get() == 1
    assert (source.asked, source.read) == (1, 1)


def test_after_its_time_it_asks_and_reads_only_if_the_token_changed(now: list[float]) -> None:
    source = Source()
    kept = Rereading(source.ask, source.fetch, seconds=5)
    kept.get()

    now[0] = 5
    assert kept.get() == 1
    assert (source.asked, source.read) == (2, 1)

    source.token, source.value = "b", 2
    now[0] = 10
    assert kept.get() == 2
    assert (source.asked, source.read) == (3, 2)


def test_what_was_forgotten_is_read_at_once(now: list[float]) -> None:
    source = Source()
    kept = Rereading(source.ask, source.fetch)
    kept.get()
    source.value = 2

    kept.forget()

    assert kept.get() == 2


def test_an_undecided_change_that_is_rolled_back_is_noticed_at_once(now: list[float]) -> None:
    source = Source()
    kept = Rereading(source.ask, source.fetch)
    source.token, source.value = "written", 2
    kept.forget(is_undecided=True)
    assert kept.get() == 2

    source.token, source.value = "a", 1

    assert kept.get() == 1
    asked = source.asked
    assert kept.get() == 1
    assert source.asked == asked, "decided: no more questions within its time"


def test_who_asks_again_sees_another_process_s_change_at_once_and_reads_nothing_twice(now: list[float]) -> None:
    source = Source()
    kept = Rereading(source.ask, source.fetch)
    kept.get()

    kept.ask()
    assert kept.get() == 1
    assert (source.asked, source.read) == (2, 1)

    source.token, source.value = "b", 2
    assert kept.get() == 1, "young enough for who does not ask"
    kept.ask()
    assert kept.get() == 2
