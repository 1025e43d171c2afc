"""Writes test/unit/distributions/reference.json: densities, distribution functions and moments by SciPy, divergences by quadrature.

Needs Python with scipy: python scripts/reference/distributions.py
"""

import json
import math
import pathlib

import numpy as np
from scipy import integrate, stats

families = {
    "normal": (lambda p: stats.norm(p["mean"], p["std"]), [{"mean": 0.7, "std": 1.3}, {"mean": -2, "std": 0.2}]),
    "laplace": (lambda p: stats.laplace(p["location"], p["scale"]), [{"location": 0.4, "scale": 0.9}, {"location": -1, "scale": 2}]),
    "logistic": (lambda p: stats.logistic(p["location"], p["scale"]), [{"location": 0.3, "scale": 0.7}, {"location": -1, "scale": 2}]),
    "gumbel": (lambda p: stats.gumbel_r(p["location"], p["scale"]), [{"location": 0.3, "scale": 0.7}, {"location": -1, "scale": 2}]),
    "lognormal": (lambda p: stats.lognorm(p["scale"], scale=math.exp(p["location"])), [{"location": 0.3, "scale": 0.7}, {"location": -1, "scale": 0.4}]),
    "gamma": (lambda p: stats.gamma(p["concentration"], scale=p["scale"]), [{"concentration": 2.3, "scale": 0.6}, {"concentration": 0.4, "scale": 2}, {"concentration": 120, "scale": 0.05}]),
    "beta": (lambda p: stats.beta(p["alpha"], p["beta"]), [{"alpha": 2.1, "beta": 3.4}, {"alpha": 0.4, "beta": 0.7}, {"alpha": 60, "beta": 35}]),
}


def divergence(p, q):
    low, high = p.support()
    points = [p.ppf(x) for x in (1e-9, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.99, 0.9999, 1 - 1e-9)]
    edges = [low] + points + [high]
    f = lambda z: p.pdf(z) * (p.logpdf(z) - q.logpdf(z)) if p.pdf(z) > 0 else 0
    return sum(integrate.quad(f, a, b, limit=200)[0] for a, b in zip(edges, edges[1:]))


out = {"univariate": [], "dirichlet": [], "multivariateNormal": {}}
for name, (make, cases) in families.items():
    for case in cases:
        d = make(case)
        values = [float(d.ppf(q)) for q in (0.03, 0.4, 0.97)]
        out["univariate"].append(
            {
                "id": name,
                "parameters": case,
                "values": values,
                "logProb": [float(d.logpdf(v)) for v in values],
                "cdf": [float(d.cdf(v)) for v in values],
                "mean": float(d.mean()),
                "variance": float(d.var()),
                "entropy": float(d.entropy()),
                "divergence": float(divergence(d, make(cases[0]))) if name not in ("logistic", "gumbel") else None,
            }
        )
for alpha in ([0.4, 1.5, 3.0], [20.0, 5.0, 300.0]):
    d = stats.dirichlet(alpha)
    value = [0.2, 0.3, 0.5]
    out["dirichlet"].append({"concentration": alpha, "value": value, "logProb": float(d.logpdf(value)), "mean": d.mean().tolist(), "variance": d.var().tolist(), "entropy": float(d.entropy())})
L = np.array([[1.2, 0, 0], [-0.4, 0.8, 0], [0.3, 0.5, 0.6]])
mean = [0.5, -1, 2]
d = stats.multivariate_normal(mean, L @ L.T)
value = [0.1, -0.3, 2.5]
out["multivariateNormal"] = {"mean": mean, "scaleTril": L.tolist(), "value": value, "logProb": float(d.logpdf(value)), "entropy": float(d.entropy()), "covariance": (L @ L.T).tolist()}

target = pathlib.Path(__file__).parents[2] / "test/unit/distributions/reference.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(out, indent=1) + "\n")
print(f"{len(out['univariate'])} cases in {target.name}")
