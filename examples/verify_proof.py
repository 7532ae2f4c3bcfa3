"""Check a proof that `pairbounds check GRAPH.npz --k K --proof PROOF.json` wrote: python verify_proof.py GRAPH PROOF.

Says PROVED and what (exit 0) or NOT PROVED and why (1), in exact numbers, with Python alone. Why: docs/proofs.md.
"""

import hashlib
import json
import re
import struct
import sys
import zipfile
from collections import Counter
from fractions import Fraction
from math import comb, isqrt, lcm
from operator import mul
from pathlib import Path


def require(true, reason):
    if not true:
        raise ValueError(reason)


def number(text):
    return Fraction(re.fullmatch(r"-?\d+([./]\d+)?", text, re.ASCII)[0])


def stored(archive, name):
    """A one-dimensional array of a .npz file as a list, which is empty if the file has none of that name."""
    if f"{name}.npy" not in archive.namelist():
        return []
    head, _, body = archive.read(f"{name}.npy").partition(b"\n")
    kind = re.fullmatch(rb".{10}\{'descr': '<(f8|i8|i4)', 'fortran_order': False, 'shape': \(\d+,\), } *", head, re.S)[
        1
    ]
    return [value for (value,) in struct.iter_unpack({b"f8": "<d", b"i8": "<q", b"i4": "<i"}[kind], body)]


class Graph:
    """Rows and columns as lists of (index, weight), the weights integers; marginals, classes of the left, a digest."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            arrays = [stored(archive, name) for name in "shape indptr indices data left_labels right_labels".split()]
        parts = [struct.pack(f"<q{len(a)}{'d' if i == 3 else 'q'}", len(a), *a) for i, a in enumerate(arrays)]
        self.digest = hashlib.sha256(b"".join(parts)).hexdigest()
        (n_left, n_right), starts, ends, weights, labels, _ = arrays
        whole = starts[0] == 0 and starts[-1] == len(ends) == len(weights) and len(labels) == len(starts) - 1 == n_left
        require(whole and all(0 < w < float("inf") for w in weights), "the graph lacks left labels, or is not whole")
        unit = max(w.as_integer_ratio()[1] for w in weights)  # a power of two, as all denominators are
        self.rows, self.columns = [], [[] for _ in range(n_right)]
        for x, (start, stop) in enumerate(zip(starts, starts[1:])):
            row = ends[start:stop]
            require(row and row == sorted(set(row)) and 0 <= row[0] <= row[-1] < n_right, f"row {x} is not in order")
            self.rows.append([(end, int(Fraction(w) * unit)) for end, w in zip(row, weights[start:stop])])
            for end, weight in self.rows[x]:
                self.columns[end].append((x, weight))
        self.left, self.right = ([sum(w for _, w in row) for row in side] for side in (self.rows, self.columns))
        classes = {label: c for c, label in enumerate(sorted(set(labels)))}
        self.classes = [classes[label] for label in labels]

    def walks(self, steps, bits):
        """After 0..steps half hops, how probable each start's class is, times 2^bits, low by at most the steps."""
        classes = range(max(self.classes) + 1)
        states = [[[(own == c) << bits for c in classes] for own in self.classes]]
        for step in range(steps):
            rows, marginal = (self.rows, self.left) if step % 2 else (self.columns, self.right)
            sums = ([sum(w * states[-1][end][c] for end, w in row) for c in classes] for row in rows)
            states.append([[s // p if bits else Fraction(s, p) for s in line] for line, p in zip(sums, marginal)])
        return states


class Values:
    """`S = T P R Pᵀ T` and `D = T² p` of the side with fewer distinct rows: congruent to `ĀĀᵀ` (or `ĀᵀĀ`) and to I."""

    def __init__(self, graph, bits):
        sides = [(Counter(map(tuple, graph.rows)), graph.right), (Counter(map(tuple, graph.columns)), graph.left)]
        counts, self.other = min(sides, key=lambda side: len(side[0]))
        self.rows = [[(end, times * weight) for end, weight in row] for row, times in counts.items()]
        marginal = [sum(weight for _, weight in row) for row in self.rows]
        self.over = 4 ** sum(marginal).bit_length()
        self.unit = self.over * 4**bits
        self.root = [isqrt(self.unit // p) for p in marginal]
        self.diagonal = [root * root * p for root, p in zip(self.root, marginal)]

    def at_most(self, place, basis):
        """Whether `place D - S + V Vᵀ` is positive definite: then no more σ² than V has columns reach the place."""
        columns, matrix = [[] for _ in self.other], []
        for i, (row, vector, root) in enumerate(zip(self.rows, basis, self.root, strict=True)):
            sums = [0] * (i + 1)
            for end, weight in row:
                columns[end].append((i, weight))
                share = -(-self.unit // self.other[end]) * weight * root
                for j, other in columns[end]:
                    sums[j] += share * other
            shared = (r * s // (self.unit * self.over) for r, s in zip(self.root, sums))
            matrix.append([sum(map(mul, vector, v)) - s for v, s in zip(basis, shared)])
            matrix[i][i] += place * self.diagonal[i] // self.over
        return definite(matrix)

    def at_least(self, place, basis):
        """Whether `Vᵀ (S - place D) V` is positive definite: then as many σ² as V has columns are above the place."""
        images = [[0] * len(basis[0]) for _ in self.other]
        for row, root, vector in zip(self.rows, self.root, basis, strict=True):
            for end, weight in row:
                images[end] = [image + weight * root * v for image, v in zip(images[end], vector)]
        weights = [self.unit // p for p in self.other] + [-place * self.unit * d // 1 for d in self.diagonal]
        columns = list(zip(*images, *basis))
        weighted = (list(map(mul, weights, column)) for column in columns)
        lower = [[sum(map(mul, w, v)) // self.unit**2 for v in columns[: i + 1]] for i, w in enumerate(weighted)]
        return definite(lower)


def definite(matrix):
    """Whether all symmetric matrices within 1 of this lower triangle, 2 on the diagonal, are positive definite."""
    # Cholesky in integers leaves remainders of 0 to max L: less in a row than the shift (Gershgorin).
    shift, factor = len(matrix) * (isqrt(max(0, 0, *(row[-1] for row in matrix))) + 2), []
    for row in matrix:
        line = []
        for entry, above in zip(row, factor):
            line.append((entry - sum(map(mul, line, above))) // above[-1])
        pivot = row[-1] - shift - sum(map(mul, line, line))
        if pivot <= 0:
            return False
        factor.append([*line, isqrt(pivot)])
    return True


def above_square(p, s, low, high):
    """Whether `p >= s²` on [low, high], polynomials with the constant first: by Bernstein coefficients, halving."""
    rest = p + [Fraction(0)] * 2 * len(s)
    n, moved = len(rest) - 1, [Fraction(0)] * len(rest)
    for i, a in enumerate(s):
        for j, b in enumerate(s):
            rest[i + j] -= a * b
    for coefficient in reversed(rest):  # in u, where t = low + (high - low) u
        moved = [low * a + (high - low) * b for a, b in zip(moved, [0, *moved])]
        moved[0] += coefficient
    choices = [[comb(i, j) for j in range(i + 1)] for i in range(n + 1)]
    unit = lcm(*choices[n]) * lcm(*(c.denominator for c in moved))
    shares = [int(unit * c / choice) for c, choice in zip(moved, choices[n])]
    parts = [[sum(map(mul, choice, shares)) for choice in choices]]
    for _ in range(100_000):
        if not parts or min(parts[-1][0], parts[-1][-1]) < 0:
            return not parts
        values, ends = parts.pop(), []
        for level in range(n, -1, -1) if min(values) < 0 else ():  # de Casteljau, times a power of two
            ends.append((values[0] << level, values[-1] << level))
            values = [a + b for a, b in zip(values, values[1:])]
        parts += [side[::turn] for side, turn in zip(zip(*ends), (1, -1))]
    return False


def proved(claim, graph, states, bits, moments, at_most, at_least):
    """What a claim's polynomials show: `Σ_j p_j a_j`, or twice it, or the error of a vote with that for its budget."""
    p, q = ([number(c) for c in claim.get(key, [])] for key in ("polynomial", "filter"))
    require(0 < len(p) <= len(moments) and len(q) <= len(states[::2]), "a polynomial is empty or needs more moments")
    parts = (q or [1], 0, min(at_most, 1)), ([(j == 0) - c for j, c in enumerate(q)], at_least if q else 0, 1)
    require(all(above_square(p, *part) for part in parts), "a polynomial is too small somewhere in [0, 1]")
    budget = sum(max(c * low, c * high) for c, (low, high) in zip(p, moments))
    if not q:
        return budget * {"probe_mse": 1, "probe_error": 2}[claim["quantity"]]
    price, slack = number(claim["price"]), sum(abs(c) * 2 * j for j, c in enumerate(q)) if bits else 0
    require(price >= 0 and claim["quantity"] == "probe_error", "a vote bounds the 0-1 error, at a price of at least 0")
    error = price * budget
    for x, (own, mass) in enumerate(zip(graph.classes, graph.left)):
        scores = [sum(map(mul, q, column)) for column in zip(*(state[x] for state in states[::2]))]
        margin = max(0, scores.pop(own) - max(scores, default=0) - slack) / Fraction(1 << bits)
        error += max(0, 1 - price * margin**2 / 2) * Fraction(mass, sum(graph.left))
    return error


def check(graph, proof):
    """What is proved, a line for each claim; an exception with the reason if anything is not."""
    require(proof["graph"] == graph.digest, "the proof is of another graph, or of other labels")
    k, bits, walk_bits, basis = (proof[key] for key in ("k", "bits", "walk_bits", "basis"))
    integers = all(type(value) is int for row in ([k, bits, walk_bits], *basis) for value in row)
    require(integers and k > 0 and all(len(row) == k for row in basis), "V is not of k columns of integers")
    at_most, at_least, penalty = (number(proof[key]) for key in ("at_most", "at_least", "penalty"))
    require(penalty >= 0 and penalty**2 <= at_most, "the penalty is not from 0 to the place")
    moments, total = [tuple(map(number, ends)) for ends in proof["moments"]], sum(graph.left) << 2 * walk_bits
    states = graph.walks(len(moments) - 1, walk_bits)
    for j, (state, (low, high)) in enumerate(zip(states, moments)):
        nodes, off = list(zip(graph.right if j % 2 else graph.left, state)), (0, j if walk_bits else 0)
        least, most = (Fraction(sum(p * sum((h + e) ** 2 for h in line) for p, line in nodes), total) for e in off)
        require(low <= least and most <= high, f"moment {j} is not in its interval")
    place, values = (at_most, max(at_least, penalty**2)), Values(graph, bits)
    for claim in proof["claims"]:
        value = proved(claim, graph, states, walk_bits, moments, *place)
        require(value <= number(claim["value"]), f"{claim['quantity']} is shown to be at most {float(value)} only")
    require(len(values.rows) <= k or values.at_most(at_most, basis), "σ²_(k+1) is not shown to be at most at_most")
    require(at_least == 0 or values.at_least(at_least, basis), "σ²_k is not shown to be at least at_least")
    return [f"PROVED {c['quantity']} <= {c['value']} (theorem {c['theorem']}, width {k})" for c in proof["claims"]]


if __name__ == "__main__":
    try:
        print(*check(Graph(sys.argv[1]), json.loads(Path(sys.argv[2]).read_bytes())), sep="\n")
    except Exception as error:
        sys.exit(f"NOT PROVED: {error!r}")
