"""Customers made from known parameters, to see whether the fit finds them again."""

import numpy as np

from zhike.analytics import bgnbd


def bgnbd_customers(params: bgnbd.Params, *, n: int, seed: int, horizon: float = 0.0) -> tuple[np.ndarray, ...]:
    """Repeat purchases, time of the last, age; with a horizon also the purchases after age."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(20, 50, n)
    rate = rng.gamma(params.r, 1 / params.alpha, n)
    leaving = rng.beta(params.a, params.b, n)
    x, last, later = np.zeros(n), np.zeros(n), np.zeros(n)
    now, here = np.zeros(n), np.ones(n, dtype=bool)
    while here.any():
        now[here] += rng.exponential(1 / rate[here])
        before = here & (now <= age)
        x[before] += 1
        last[before] = now[before]
        later[here & (now > age) & (now <= age + horizon)] += 1
        here &= now <= age + horizon
        here &= rng.random(n) >= leaving
    return (x, last, age, later) if horizon else (x, last, age)
