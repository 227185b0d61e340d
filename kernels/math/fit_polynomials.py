#!/usr/bin/env python3
"""Prints the polynomials of functions.h, each with the largest error of its fit. Needs numpy and mpmath.

Each is a weighted minimax fit by Lawson's iteration: least squares whose weights grow where the error is large. The weight
turns an error of the polynomial into the error of the function that is made from it.
"""
import math

import mpmath
import numpy as np

LN2 = math.log(2)


def chebyshev_points(low, high, count=1500):
    return (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(count) + 0.5) / count)


def minimax(x, wanted, weight, degree, iterations=300):
    """(largest |weight * (p(x) - wanted)|, coefficients of p in rising order)."""
    powers = np.array([x**p for p in range(degree + 1)]).T
    scale = np.abs(powers).max(0)
    share = np.full(len(x), 1 / len(x))
    best = (math.inf, None)
    for _ in range(iterations):
        w = np.sqrt(share) * weight
        solution = np.linalg.lstsq(powers / scale * w[:, None], wanted * w, rcond=None)[0] / scale
        error = np.abs(weight * (powers @ solution - wanted))
        if error.max() < best[0]:
            best = (error.max(), solution)
        share = share * error
        share /= share.sum()
    return best


def show(name, fit):
    error, coefficients = fit
    print(f"{name}: error {error:.1e}: {', '.join(f'{c:.9e}f' for c in coefficients)}")


def log2_of(function, points):
    return np.array([float(mpmath.log(function(mpmath.mpf(float(p))), 2)) for p in points])


def main():
    r = chebyshev_points(-LN2 / 2 * 1.0005, LN2 / 2 * 1.0005)
    show("Exp, (e^r - 1 - r) / r^2", minimax(r, (np.exp(r) - 1 - r) / r**2, r**2 / np.exp(r), 4))

    f = chebyshev_points(-0.5, 0.5)
    show("Exp2Coarse, (2^f - 1) / f", minimax(f, (np.exp2(f) - 1) / f, f / np.exp2(f), 4))

    t = chebyshev_points(0.001, 0.9)
    erf = np.array([math.erf(x) for x in t])
    show("Erf near zero, erf(t) / t in t^2", minimax(t * t, erf / t, t / erf, 5))

    t = chebyshev_points(0.9, 4.2)
    log = log2_of(mpmath.erfc, t)
    show("Erf elsewhere, log2(erfc(t))", minimax(t, log, np.maximum(np.exp2(log), 1e-12) * LN2, 5))

    t = chebyshev_points(0.001, 0.625)
    show("Tanh near zero, (tanh(t) - t) / t^3 in t^2",
         minimax(t * t, (np.tanh(t) - t) / t**3, t**3 / np.tanh(t), 4))

    t = chebyshev_points(0, 6)
    log = log2_of(lambda x: mpmath.erfc(x / mpmath.sqrt(2)) / 2, t)
    show("Gelu, log2 of the normal tail", minimax(t, log, np.maximum(t * np.exp2(log), 1e-9) * LN2, 6))


if __name__ == "__main__":
    main()
