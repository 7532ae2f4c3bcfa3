"""Whether the constant of theorem 4 can be improved: a proof's example, which no table holds."""

from pairbounds.figures.findings.finding import Finding

FINDING = Finding(
    "factor_two",
    30,
    "Can the factor 2 in theorem 4 be improved?",
    (),
    (),
    "The factor 2 in theorem 4 cannot be improved, with ties or without.",
    """
The proof is an example. Let P be proportional to `[[1, m], [0, m], [2, 0]]`, let the labels be 1, 0, 0, and let k = 2.
Then the error divided by `α_T / (1 - σ²_{k+1})` is exactly `3 (2m + 1) / (3m + 4)`. As m grows, this tends to 2. No
table holds this finding: the proof is in
[simulations/families/sharp_linear_probe.py](../simulations/families/sharp_linear_probe.py), and the theorem is in
[the ledger](ledger.md).
""",
    overturned="no measurement, but an error in the proof, whose example can be computed by hand.",
)
