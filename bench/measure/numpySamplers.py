"""Least seconds of drawing `count` values of each distribution by NumPy, as one JSON object."""
import json
import sys
import time

import numpy as np


count, rounds = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(1)
shape = (count // 100, 100)
groups = count // 10


def one_hot(rows, probs):
    states = (rng.random(rows)[:, None] > np.cumsum(probs)[None, :-1]).sum(-1)
    return np.eye(len(probs), dtype=np.float32)[states]


def mixture():
    chosen = one_hot(count, np.full(3, 1 / 3))
    values = rng.normal(np.array([-2.0, 0.0, 3.0]), np.array([0.5, 1.0, 2.0]), (count, 3))
    return (chosen * values).sum(-1)


samplers = {
    "bernoulli": lambda: (rng.random(shape) < 0.3).astype(np.float32),
    "categorical": lambda: one_hot(groups, np.full(10, 0.1)),
    "normal": lambda: rng.normal(0.5, 2.0, shape),
    "laplace": lambda: rng.laplace(0.5, 2.0, shape),
    "logistic": lambda: rng.logistic(0.5, 2.0, shape),
    "gumbel": lambda: rng.gumbel(0.5, 2.0, shape),
    "lognormal": lambda: rng.lognormal(0.5, 0.7, shape),
    "gamma, concentration 2.5": lambda: rng.gamma(2.5, 2.0, shape),
    "gamma, concentration 0.4": lambda: rng.gamma(0.4, 2.0, shape),
    "beta": lambda: rng.beta(2.0, 3.5, shape),
    "dirichlet": lambda: rng.dirichlet(np.linspace(0.5, 5.0, 10), groups),
    "mixture": mixture,
}

seconds = {}
for name, sample in samplers.items():
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        sample()
        best = min(best, time.perf_counter() - began)
    seconds[name] = best
print(json.dumps({"numpy": np.__version__, "seconds": seconds}))
