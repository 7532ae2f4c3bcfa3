# mypy: ignore-errors
"""Check a proof that `pairbounds check GRAPH.npz --k K --proof PROOF.json` wrote: python -I verify.py GRAPH PROOF.

Says PROVED and what (exit 0) or NOT PROVED and why (1), in exact numbers, with Python alone. Why: docs/proofs.md.
It repeats nothing that a file says but numbers that it has checked. The size of the graph bounds its work: polynomials
and exact walks get WORK additions of 64-bit words and PAIR for each pair; other sizes are the graph's, or limited.
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

KEYS = set("format graph k penalty claims at_most at_least walk_bits moments bits basis".split())
CLAIM, VOTE = set("theorem quantity value polynomial".split()), {"filter", "price"}
LARGEST, DISTINCT, MOMENTS, CLAIMS = 2**27, 4_000, 65, 8  # bytes of an array, rows of V; of each
WORK, PAIR = 2**30, 2**16  # of one proof, in additions of 64-bit words: of a graph, and of each of its pairs


class Refusal(Exception):
    """Reason why nothing is proved, in fixed words."""


def require(true: object, reason: str) -> None:
    if not true:
        raise Refusal(reason)


def listed(values, least, limit, what):
    require(type(values) is list and least <= len(values) <= limit, f"{what} is not a list of {least} to {limit}")
    return values


def number(text, digits=400):
    pattern = rf"-?\d{{1,{digits}}}([.]\d{{1,{digits}}}|/[1-9]\d{{0,{digits - 1}}})?"
    require(type(text) is str and re.fullmatch(pattern, text, re.ASCII), "a number is not a short decimal or quotient")
    return Fraction(text)


def shared(numbers, digits=400):
    over = lcm(*(fraction.denominator for fraction in numbers))
    require(over < 10**digits, f"numbers have no common denominator of {digits} digits")
    return over


def once(pairs):
    require(len(dict(pairs)) == len(pairs), "the proof has a duplicate key")
    return dict(pairs)


def stored(archive, name):
    """One-dimensional array of a .npz file as a list, empty if the file has no such array."""
    if f"{name}.npy" not in archive.namelist():
        return []
    raw = archive.open(f"{name}.npy").read(LARGEST + 1)
    kinds, shape = rb"f8" if name == "data" else rb"i8|i4", rb"'fortran_order': False, 'shape': \((\d{1,9}),\), \} *\n"
    head = re.match(rb"\x93NUMPY\x01\x00(..)(\{'descr': '<(" + kinds + rb")', " + shape + rb")", raw, re.S)
    require(head and int.from_bytes(head[1], "little") == len(head[2]), f"{name} is not an array of one dimension")
    body, fits = raw[head.end() :], len(raw) <= LARGEST
    require(fits and len(body) == int(head[4]) * int(head[3][1:]), f"{name} is too long, or does not match its header")
    return [value for (value,) in struct.iter_unpack({b"f8": "<d", b"i8": "<q", b"i4": "<i"}[head[3]], body)]


class Work:
    """Remaining additions of 64-bit words for the polynomials and exact walks of a proof."""

    def __init__(self, pairs: int) -> None:
        self.left = WORK + PAIR * pairs

    def spend(self, times, bits):
        """Count additions of numbers of so many bits."""
        self.left -= times * (bits // 64 + 1)
        require(self.left >= 0, "its polynomials or walks take more work than the size of the graph allows")


def read(path):
    """Graph from a .npz file."""
    with Path(path).open("rb") as file, zipfile.ZipFile(file) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        require(len(set(names)) == len(names), "the graph has a duplicate array")
        require(file.seek(0) == 0 and file.read(4) == b"PK\3\4", "the graph is not a plain archive")
        return Graph([stored(archive, name) for name in "shape indptr indices data left_labels right_labels".split()])


class Graph:
    """Rows and columns as lists of (index, weight), the weights integers; marginals, classes of the left, a digest."""

    def __init__(self, arrays: list) -> None:
        sizes, starts, ends, weights, labels, _ = arrays
        require(len(labels) == len(starts) - 1 and all(0 <= c < 2**31 for c in labels), "the graph lacks left labels")
        fits = starts == sorted(starts) and starts[0] == 0 and starts[-1] == len(ends) == len(weights)
        require(fits and sizes == [len(labels), len(set(ends))], "the arrays of the graph have different sizes")
        require(all(0 < w < float("inf") for w in weights), "a weight is not positive and finite")
        parts = [struct.pack(f"<q{len(a)}{'d' if i == 3 else 'q'}", len(a), *a) for i, a in enumerate(arrays)]
        self.digest = hashlib.sha256(b"".join(parts)).hexdigest()
        unit = max(w.as_integer_ratio()[1] for w in weights)  # a power of two, as all denominators are
        self.rows, self.columns = [], [[] for _ in range(sizes[1])]
        for x, (start, stop) in enumerate(zip(starts, starts[1:])):
            row = ends[start:stop]
            require(row and row == sorted(set(row)) and 0 <= row[0] <= row[-1] < sizes[1], f"row {x} is not sorted")
            self.rows.append([(end, int(Fraction(w) * unit)) for end, w in zip(row, weights[start:stop])])
            for end, weight in self.rows[x]:
                self.columns[end].append((x, weight))
        self.left, self.right = ([sum(w for _, w in row) for row in side] for side in (self.rows, self.columns))
        classes = {label: c for c, label in enumerate(sorted(set(labels)))}
        self.classes = [classes[label] for label in labels]
        self.work = Work(len(weights))

    def walks(self, steps: int, bits: int) -> list:
        """Probability of each start's class after 0..steps half hops, times 2^bits, low by at most the steps."""
        classes = range(max(self.classes) + 1)
        states = [[[(label == c) << bits for c in classes] for label in self.classes]]
        for step in range(steps):
            rows, marginal = (self.rows, self.left) if step % 2 else (self.columns, self.right)
            sums = ([sum(w * states[-1][end][c] for end, w in row) for c in classes] for row in rows)
            states.append([[s // p if bits else Fraction(s, p) for s in line] for line, p in zip(sums, marginal)])
            if not bits:  # a greatest common divisor for each pair and class
                longest = max(share.denominator.bit_length() for line in states[-1] for share in line)
                self.work.spend(sum(map(len, rows)) * len(classes) * (longest // 64 + 1), longest)
        return states

    def moment(self, j: int, state: list, bits: int) -> tuple:
        """Interval for a_j, from sums of squares over the walks of j half hops."""
        nodes, total = list(zip(self.right if j % 2 else self.left, state)), sum(self.left) << 2 * bits
        squares = (sum(p * sum((h + off) ** 2 for h in line) for p, line in nodes) for off in (0, j if bits else 0))
        return tuple(Fraction(square, total) for square in squares)


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

    def at_most(self, x, basis):
        """Test if `place D - S + V Vᵀ` is positive definite: then no more σ² than V has columns reach the place."""
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
            matrix[i][i] += x * self.diagonal[i] // self.over
        return definite(matrix)

    def at_least(self, x, basis):
        """Test if `Vᵀ (S - place D) V` is positive definite: then as many σ² as V has columns are above the place."""
        images = [[0] * len(basis[0]) for _ in self.other]
        for row, root, vector in zip(self.rows, self.root, basis, strict=True):
            for end, weight in row:
                images[end] = [image + weight * root * v for image, v in zip(images[end], vector)]
        weights = [self.unit // p for p in self.other] + [-x * self.unit * d // 1 for d in self.diagonal]
        columns = list(zip(*images, *basis))
        weighted = (list(map(mul, weights, column)) for column in columns)
        lower = [[sum(map(mul, w, v)) // self.unit**2 for v in columns[: i + 1]] for i, w in enumerate(weighted)]
        return definite(lower)


def definite(matrix):
    """Test if all symmetric matrices within 1 of this lower triangle, 2 on the diagonal, are positive definite."""
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


def above_square(p: list, s: list, low: Fraction, high: Fraction, work: Work) -> bool:
    """Test if `p >= s²` on [low, high], polynomials with the constant first: by Bernstein coefficients, halving."""
    over, end = shared(p + s), lcm(low.denominator, high.denominator)
    low, width, gap = int(low * end), int((high - low) * end), [int(over * over * c) for c in p] + [0] * 2 * len(s)
    for i, a in enumerate(s):
        for j, b in enumerate(s):
            gap[i + j] -= int(a * over) * int(b * over)
    n, scale, moved = len(gap) - 1, 1, [0] * len(gap)
    for coefficient in reversed(gap):  # in u, where t = (low + width u) / end
        work.spend(n, end.bit_length() * max(map(int.bit_length, moved)) // 64)
        moved = [low * a + width * b for a, b in zip(moved, [0, *moved])]
        moved[0] += coefficient * scale
        scale *= end
    choices = [[comb(i, j) for j in range(i + 1)] for i in range(n + 1)]
    unit = lcm(*choices[n])
    shares = [unit // choice * c for c, choice in zip(moved, choices[n])]
    parts = [[sum(map(mul, choice, shares)) for choice in choices]]
    while parts and min(parts[-1][0], parts[-1][-1]) >= 0:
        values, ends = parts.pop(), []
        work.spend(n * n, max(map(int.bit_length, values)))
        for level in range(n, -1, -1) if min(values) < 0 else ():  # de Casteljau, times a power of two
            ends.append((values[0] << level, values[-1] << level))
            values = [a + b for a, b in zip(values, values[1:])]
        parts += [side[::turn] for side, turn in zip(zip(*ends), (1, -1))]
    return not parts


def suffice(p: list, q: list, at_most: Fraction, at_least: Fraction, work: Work) -> bool:
    """Test if p is above the step, or above the squares of q and 1 - q where a vote needs that."""
    parts = (q or [1], 0, min(at_most, 1)), ([(j == 0) - c for j, c in enumerate(q)], at_least if q else 0, 1)
    return all(above_square(p, *part, work) for part in parts)


def proved(claim, graph, states, bits, moments, at_most, at_least):
    """Value by a claim's polynomials: `Σ_j p_j a_j`, or twice it, or the error of a vote with that for its budget."""
    p = [number(c) for c in listed(claim["polynomial"], 1, len(moments), "a polynomial")]
    q = [number(c) for c in listed(claim["filter"], 1, len(states[::2]), "a filter")] if "filter" in claim else []
    require(suffice(p, q, at_most, at_least, graph.work), "a polynomial is too small somewhere in [0, 1]")
    budget = sum(max(c * low, c * high) for c, (low, high) in zip(p, moments))
    if not q:
        return budget * {"probe_mse": 1, "probe_error": 2}[claim["quantity"]]
    price, slack = number(claim["price"]), sum(abs(c) * 2 * j for j, c in enumerate(q)) if bits else 0
    require(price >= 0 and claim["quantity"] == "probe_error", "a vote bounds the 0-1 error, at a price of at least 0")
    error = price * budget
    for x, (label, mass) in enumerate(zip(graph.classes, graph.left)):
        scores = [sum(map(mul, q, column)) for column in zip(*(state[x] for state in states[::2]))]
        margin = max(0, scores.pop(label) - max(scores, default=0) - slack) / Fraction(1 << bits)
        error += max(0, 1 - price * margin**2 / 2) * Fraction(mass, sum(graph.left))
    return error


def settings(graph, proof):
    """Read the fields of a proof beside its claims and V, each of its type and in its range."""
    require(type(proof) is dict and proof.keys() == KEYS, "the proof has wrong keys")
    require(proof["format"] == "pairbounds proof 1", "the proof has another format")
    require(proof["graph"] == graph.digest, "the proof is for another graph or other labels")
    k, bits, walk_bits = sizes = [proof[key] for key in ("k", "bits", "walk_bits")]
    nodes = len(graph.left), len(graph.right)
    require(all(type(n) is int for n in sizes) and 0 < k <= min(nodes), "the width is not in 1..smaller side")
    require(0 <= bits <= 256 and (sum(nodes) > 12) <= walk_bits <= 1024, "the bits are out of range")
    rows = [listed(row, k, k, "a row of V") for row in listed(proof["basis"], 1, DISTINCT, "V")]
    require(all(type(v) is int and abs(v) <= 2 << bits for row in rows for v in row), "V needs small integers")
    pairs = [listed(ends, 2, 2, "a moment") for ends in listed(proof["moments"], 1, MOMENTS, "the moments")]
    at_most, at_least, penalty = (number(proof[key]) for key in ("at_most", "at_least", "penalty"))
    require(0 <= at_least <= 1 and 0 <= penalty < 1 and penalty**2 <= at_most <= 1, "a place is out of range")
    moments = [[number(end, 4_300) for end in pair] for pair in pairs]
    shared([end for pair in moments for end in pair], 4_300)
    return k, bits, walk_bits, moments, at_most, at_least, penalty


def check(graph, proof):
    """Lines of proved claims, from fixed words and checked names and numbers."""
    k, bits, walk_bits, moments, at_most, at_least, penalty = settings(graph, proof)
    basis, states = proof["basis"], graph.walks(len(moments) - 1, walk_bits)
    for j, (low, high) in enumerate(moments):
        least, largest = graph.moment(j, states[j], walk_bits)
        require(low <= least and largest <= high, f"moment {j} is not in its interval")
    ends, values = (at_most, max(at_least, penalty**2)), Values(graph, bits)
    require(len(basis) == len(values.rows), "V lacks a row for each distinct row of the smaller side")
    minimiser, lines = f"width {k}, {'penalty ' + proof['penalty'] if penalty else 'no penalty'}", []
    for claim in listed(proof["claims"], 1, CLAIMS, "the claims"):
        require(type(claim) is dict and claim.keys() in (CLAIM, CLAIM | VOTE), "a claim has wrong keys")
        theorem, quantity, text = (claim[key] for key in ("theorem", "quantity", "value"))
        theorems, value = (16,) if "filter" in claim else (18,) if penalty else (4, 15), number(text)
        require(type(theorem) is int and theorem in theorems, f"the theorem of a claim is not in {theorems}")
        require(quantity in ("probe_mse", "probe_error"), "the quantity of a claim is unknown")
        require(set(text) <= set(".0123456789"), "the value of a claim is not a decimal of at least 0")
        bound = proved(claim, graph, states, walk_bits, moments, *ends)
        require(bound <= value, f"{quantity} <= {text} is not shown by theorem {theorem}")
        lines.append(f"PROVED {quantity} <= {text} (theorem {theorem}, {minimiser})")
    require(len(values.rows) <= k or values.at_most(at_most, basis), "σ²_(k+1) is not shown to be at most at_most")
    require(at_least == 0 or values.at_least(at_least, basis), "σ²_k is not shown to be at least at_least")
    return lines


def main(arguments: list[str]) -> None:
    """Print what is proved; `SystemExit` with the reason if anything is not."""
    try:
        require(len(arguments) == 2, "two files are needed, GRAPH and PROOF")
        proof = json.loads(Path(arguments[1]).read_bytes().decode("utf-8"), object_pairs_hook=once)
        print(*check(read(arguments[0]), proof), sep="\n", flush=True)
    except Exception as error:  # another's words may repeat the file
        unread = f"the files cannot be read ({type(error).__name__})"
        sys.exit(f"NOT PROVED: {error if type(error) is Refusal else unread}")


if __name__ == "__main__":
    main(sys.argv[1:])
