"""Theorem 25: labels of some domains teach the classes of others, where pairs know class and domain apart.

In words: In a model of classes and domains, labels of some domains are enough to classify the others where pairs join
one class across domains, and one domain across classes, more often than what shares neither.

A head is trained on the labels of the source domains and tested on the rest, the target: `pairbounds.probe` with
`labelled` the source, whose `held_out_error` is the error on the target.

**Classes by domains.** An image for each of r classes in each of m domains, all of one mass; an induced pair of images
has the weight ρ where both class and domain are the same, α where the class alone is, β where the domain alone is, γ
where neither is. Let them come of captions that name both, the class, the domain, or neither, of probabilities e, a, b
and g: `e ∝ ρ - α - β + γ`, `a ∝ m (α - γ)`, `b ∝ r (β - γ)`, `g ∝ r m γ`. Then σ² is 1 once, `e + a` on the r - 1
functions of the class, `e + b` on the m - 1 functions of the domain, and e on the rest. A head trained by least
squares of least norm on the whitened optimum `U_k R`, R orthogonal, and the labels of some domains has, on all other
domains,
(a) error 0 and scores that are exact, at k = r, if `e + a > max(e, e + b)`, that is `m (α - γ) > max(0, r (β - γ))`;
(b) error 0 at k = r + m - 1 if `α > γ` and `β > γ`: the scores are `1[y = c] - 1/r`, of squared error 1/r;
(c) error 1 at k = r m, if e > 0: it has no score at all there.
Where γ exceeds α error 1 is possible with a gap, at r = m = 2 and k = 2: the feature that tells the classes apart in
one domain is turned round in the other.

Parts (b) and (c) are of these coordinates alone: several heads fit the source, and which has the least norm depends on
them. On theorem 2's optimum `U_k Σ_k^{1/2} R`, at r = m = 2 and (ρ, α, β, γ) = (4, 2, 2, 1), the error off the source
is 0 at k = 3 and k = 4, and the squared error .268 and .536: no 1/2, and no tie at k = r m (a test keeps it).

Proof. All four kinds of captions are functions on classes tensored with functions on domains, which gives σ². In (a)
the span is all functions of the class, and the labels of one domain determine one. In (b) it is all `h(c) + h'(d)`. On
the source a score for class c is `1[y = c]`; its part of mean 0 over the classes is determined, and the rest, 1/r, is a
function of the domain, of which the least norm is 0 off the source. All classes lose the same, so the largest score is
right. In (c) the span is everything, and the least norm is 0 off the source.

Remark, for any graph, any scores s, and a source S of left nodes: the nodes x outside S that are wrong or tied have
`Σ p(x) q(x) <= 2 (√V + √ε_S)²` with `q(x) = Pr_{x'|x}[x' ∈ S, y(x') = y(x)]`, where `V = Σ P_T(x, x') ‖s(x) - s(x')‖²`
and `ε_S = Σ P_T(x, x') ‖s(x') - 1_{y(x')}‖²` go over x outside S and x' in S of its class. For a wrong x has
`‖s(x) - 1_{y(x)}‖² >= 1/2`, and by Minkowski `s(x) - 1_y = (s(x) - s(x')) + (s(x') - 1_y)`. Equality: one target ties,
the scores of its class in S lie between label and tie, and all others are right.

Source: Shen et al. 2022, of whom the abstract and a summary were seen: α and β above γ make features transfer, and α
below γ turns them round. The model by captions, the conditions for more than two classes and domains, the remark and
all proofs are derived here; HaoChen et al. 2022 (abstract seen) have a bound of the remark's kind.

Cost: as `pairbounds.probe`.
"""

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.probes import probe

STATEMENTS = (
    Statement(
        "classes-by-domains",
        probe,
        "tests/theory/test_transfer.py",
        "Where induced pairs have weights ρ, α, β, γ with `α > γ` and `β > γ`, a head of least norm on the whitened "
        "optimum `U_k` of width r + m - 1, trained on some domains, has error 0 and squared error 1/r on all others.",
    ),
)
