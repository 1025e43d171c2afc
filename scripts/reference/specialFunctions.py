"""Writes test/unit/numerics/specialFunctions.json: special functions at 40 digits by mpmath, cross-checked with SciPy.

Needs Python with scipy and mpmath: python scripts/reference/specialFunctions.py
"""

import json
import pathlib

import mpmath as mp
import scipy.special as sp

mp.mp.dps = 40
shapes = [0.01, 0.1, 0.5, 1, 1.5, 2.75, 10, 33.3, 300, 10000]
quantiles = [0.001, 0.1, 0.5, 0.9, 0.999]


def close(ours, theirs, name):
    if abs(ours - theirs) > 1e-9 * max(abs(theirs), 1e-12) + 1e-13:
        raise SystemExit(f"mpmath and SciPy disagree on {name}: {ours} and {theirs}")


def f(x):
    return float(x)


def derivative(function, at):
    return mp.diff(function, mp.mpf(at), h=mp.mpf(10) ** -15)


table = {"unary": [], "gamma": [], "beta": []}
for name, ours, theirs, points in [
    ("logGamma", lambda x: mp.log(abs(mp.gamma(x))), sp.gammaln, [-1.5, -0.3, 1e-6, 0.01, 0.5, 0.999, 1.0001, 1.5, 2, 3.7, 12, 100.5, 1e6]),
    ("digamma", lambda x: mp.digamma(x), sp.digamma, [-1.5, -0.3, 1e-6, 0.01, 0.5, 1, 1.4616, 3.7, 12, 100.5, 1e6]),
    ("trigamma", lambda x: mp.polygamma(1, x), lambda x: sp.polygamma(1, x), [1e-3, 0.01, 0.5, 1, 3.7, 12, 100.5, 1e6]),
    ("tetragamma", lambda x: mp.polygamma(2, x), lambda x: sp.polygamma(2, x), [0.01, 0.5, 1, 3.7, 12, 100.5]),
    ("hexagamma", lambda x: mp.polygamma(4, x), lambda x: sp.polygamma(4, x), [0.01, 0.5, 1, 3.7, 12, 100.5]),
    ("erf", mp.erf, sp.erf, [-6, -2, -0.3, 0, 1e-5, 0.5, 1.99, 2.01, 4]),
    ("erfc", mp.erfc, sp.erfc, [-6, -0.3, 0, 0.5, 1.99, 2.01, 4, 10, 26]),
    ("erfinv", mp.erfinv, sp.erfinv, [-0.9999, -0.5, 1e-6, 0.0009, 0.0011, 0.3, 0.85, 0.999999]),
    ("normalCdf", mp.ncdf, sp.ndtr, [-20, -8, -2.5, -0.1, 0, 1.7, 5]),
    ("normalQuantile", lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), sp.ndtri, [1e-9, 1e-4, 0.02, 0.3, 0.5, 0.77, 0.9999]),
]:
    for x in points:
        exact = ours(mp.mpf(x))
        close(f(exact), f(theirs(x)), f"{name}({x})")
        table["unary"].append([name, x, f(exact)])

for a in shapes:
    for q in quantiles:
        x = float(sp.gammaincinv(a, q))
        if x < 1e-300:
            continue
        cdf = lambda s: mp.gammainc(s, 0, mp.mpf(x), regularized=True)
        d = derivative(cdf, a)
        density = mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a))
        close(f(cdf(a)), f(sp.gammainc(a, x)), f"P({a}, {x})")
        table["gamma"].append([a, x, f(cdf(a)), f(d), f(-d / density)])

for a in [0.05, 0.5, 1, 2.5, 40, 700]:
    for b in [0.2, 1, 3.5, 90, 1000]:
        for q in quantiles:
            x = float(sp.betaincinv(a, b, q))
            if x < 1e-300 or x > 1 - 1e-9:
                continue
            value = mp.betainc(a, b, 0, mp.mpf(x), regularized=True)
            # The regularised integral differentiated under the integral sign, by quadrature split at the mode's side.
            close(f(value), f(sp.betainc(a, b, x)), f"I_{x}({a}, {b})")
            step = mp.mpf(10) ** -12
            dA = (mp.betainc(a + step, b, 0, mp.mpf(x), regularized=True) - mp.betainc(a - step, b, 0, mp.mpf(x), regularized=True)) / (2 * step)
            dB = (mp.betainc(a, b + step, 0, mp.mpf(x), regularized=True) - mp.betainc(a, b - step, 0, mp.mpf(x), regularized=True)) / (2 * step)
            density = mp.exp((a - 1) * mp.log(x) + (b - 1) * mp.log1p(-mp.mpf(x)) - mp.log(mp.beta(a, b)))
            table["beta"].append([a, b, x, f(value), f(dA), f(dB), f(-dA / density), f(-dB / density)])

target = pathlib.Path(__file__).parents[2] / "test/unit/numerics/specialFunctions.json"
target.parent.mkdir(parents=True, exist_ok=True)
rows = lambda key: ",\n".join("    " + json.dumps(row) for row in table[key])
target.write_text("{\n" + ",\n".join(f'  "{key}": [\n{rows(key)}\n  ]' for key in table) + "\n}\n")
print(f"{sum(len(v) for v in table.values())} values in {target.name}")
