import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.outbox.policy import DeliveryPolicy, retry_delay_seconds
from zhike.foundation.policies.load import load_defaults

DEFAULTS = load_defaults().get(DeliveryPolicy)


def test_the_shipped_tries_are_five_within_fifteen_minutes() -> None:
    waits = [retry_delay_seconds(tries, DEFAULTS) for tries in range(1, DEFAULTS.tries_max)]

    assert DEFAULTS.tries_max == 5
    assert sum(wait for wait in waits if wait is not None) == pytest.approx(15 * 60)
    assert retry_delay_seconds(5, DEFAULTS) is None


@given(
    tries_max=st.integers(1, 20),
    window=st.floats(0.1, 1440),
    growth=st.floats(1, 10),
)
def test_waits_grow_and_together_fill_the_window(tries_max: int, window: float, growth: float) -> None:
    policy = DeliveryPolicy(
        tries_max=tries_max, window_minutes=window, wait_growth=growth, lease_seconds=1, keep_days=1
    )

    waits = [retry_delay_seconds(tries, policy) or 0 for tries in range(1, tries_max)]

    assert waits == sorted(waits)
    assert sum(waits) == pytest.approx(window * 60 if tries_max > 1 else 0)
    assert retry_delay_seconds(tries_max, policy) is None
