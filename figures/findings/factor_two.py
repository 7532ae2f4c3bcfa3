"""The constant of theorem 4 cannot be improved: a proof's example, which no table holds."""

from pairbounds.figures.findings.finding import Finding

FINDING = Finding("factor_two", "Can the factor 2 in theorem 4 be improved?", (), ())
