"""Theorem 23: no embedding of width k is better prepared for every slowly varying target than the top-k embedding.

In words: A linear probe on any embedding of width k misses some target whose variation along induced pairs is at most
`2 (1 - σ²_{k+1})`, and none has a smaller worst case than the optimum.

A target is a real function t of the left nodes, its one-hop variation `v(t) = E_{P_T} (t(x) - t(x'))²`. The worst case
of an embedding f is the largest squared error of a linear probe on it, over the targets of variation at most ε: it is
`ε / m(f)`, with `m(f)` the least variation of a target of error 1 (`theory.worst_case`). For every f of width k
`m(f) <= 2 (1 - σ²_{k+1})`, so that the worst case is at least `ε / (2 (1 - σ²_{k+1}))`; with equality at f*.

Proof. `v(t) = 2 ⟨t, (I - A) t⟩` for weighted targets, by expanding the square: both marginals of P_T are p_L. The
k + 1 vectors `u_1 … u_{k+1}` span a target t that is orthogonal to the k columns of F; the probe misses all of it, and
`v(t) <= 2 (1 - σ²_{k+1}) ‖t‖²`. At f* the probe misses `Σ_{i>k} t_i²`, and `v(t) >= 2 (1 - σ²_{k+1}) Σ_{i>k} t_i²`.
Where k is n_left there is no `u_{k+1}`, and `σ_{k+1}` counts as 0: no variation exceeds `2 ‖t‖²`, and an f that spans
every target, so that none is missed, counts as m = 2.

That f spans the constants is no hypothesis of the bound: where it does not, the worst case is infinite. The upper half,
at f*, is theorem 4 for each indicator of a class, whose variations sum to `2 α_T`.

Source: Johnson, El Hanchi and Maddison 2023, of whom the abstract was seen: that the top eigenfunctions minimise the
worst case. The constant and the proof are derived here.

Cost: O(n_left³), for all eigenvectors of the induced pairs, once for each graph.
"""

from theory.bounds.quantities import QUANTITIES, Encoder, Quantity
from theory.bounds.registry import bound
from theory.graph import PairGraph
from theory.spectra import Spectrum
from theory.worst_case import FLOOR, worst_case_target

QUANTITIES["missed_variation"] = Quantity(lambda encoder: worst_case_target(encoder.graph, encoder.left).variation)


@bound("missed-variation", quantity="missed_variation", status="exact", subject="encoder")
def missed_variation(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`m(f) <= 2 (1 - σ²_{k+1})` for every embedding, with equality at f*: it misses a target that varies no more.

    Hence its worst case over the targets of one-hop variation ε is at least `ε / (2 (1 - σ²_{k+1}))`. Needs a graph of
    at most `theory.worst_case.NODES_LIMIT` left nodes, since all eigenvectors of the induced pairs are taken. Measured
    and claimed, `1 - σ²` counts as 1e-12 at least.
    """
    return 2 * max(FLOOR, 1 - float(spectrum.lower_values[k]) ** 2)
