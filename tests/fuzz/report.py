"""A run of the fuzzer as rows of the reliability page."""

from collections import Counter

from tests.fuzz import mutants
from tests.fuzz.specimen import SPANS, TRUSTED
from tests.fuzz.tally import Tally

HERE = "tests/fuzz/test_fuzz.py"
ALWAYS = "tests/bounds/test_invariance.py"

WITHIN = tuple(span for span in SPANS if span <= TRUSTED)
BEYOND = tuple(span for span in SPANS if span > TRUSTED)
SIDES = ((f"within {TRUSTED} decades", WITHIN), (f"beyond {TRUSTED} decades", BEYOND))


def rows(tally: Tally) -> list[dict[str, object]]:
    """What was tried, how often, and how often something was found."""
    return [*_graphs(tally), *_numerical(tally), *_mutants(tally), *_properties(tally)]


def notes(tally: Tally) -> list[str]:
    """Refusals of the constructor, false bounds that were not refuted, and kinds of findings."""
    counts = (
        ("The constructor refused {n:,} graphs: {what}", tally.refusals),
        ("Not refuted on {n:,} graphs: {what}", _over_spans(tally.missed)),
        ("Found on {n:,} graphs: {what}", _over_spans(tally.findings)),
    )
    return [text.format(n=n, what=what) for text, counter in counts for what, n in counter.most_common()]


def _over_spans(counts: Counter[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for (name, _), n in counts.items():
        total[name] += n
    return total


def shares(tally: Tally) -> list[dict[str, object]]:
    """Of each bound the share of its rows that float64 cannot judge, by class of weight spans beyond the trusted."""
    bounds = list(dict.fromkeys(bound for bound, _ in tally.judged + tally.abstained))
    return [
        {
            "bound": bound,
            **{str(span): _share(tally.abstained[bound, span], tally.judged[bound, span]) for span in BEYOND},
        }
        for bound in bounds
        if any(tally.abstained[bound, span] for span in BEYOND)
    ]


def _share(part: int, rest: int) -> float | None:
    return round(part / (part + rest), 4) if part + rest else None


def _graphs(tally: Tally) -> list[dict[str, object]]:
    lows = (0, *SPANS)
    by_span = [
        _row(
            f"graphs whose weights span {low} to {high} decades, with a row that is called violated",
            tally.graphs[high],
            tally.faulty["violated", high],
            f"{HERE}::test_no_false_verdict",
        )
        for low, high in zip(lows, SPANS, strict=False)
        if tally.graphs[high]
    ]
    graphs = tally.graphs.total()
    judged = tally.judged.total()
    violated = sum(n for (kind, _), n in tally.findings.items() if kind.startswith("violated"))
    return [
        *by_span,
        _row("verdicts on bounds that are proved, false ones", judged, violated, f"{HERE}::test_no_false_verdict"),
        *(
            _row(f"graphs, with {what}", graphs, _faulty(tally, word), f"{HERE}::test_no_false_verdict")
            for word, what in (("crash", "a crash"), ("warning", "a warning"))
        ),
    ]


def _faulty(tally: Tally, word: str) -> int:
    return sum(n for (kind, _), n in tally.faulty.items() if kind == word)


def _numerical(tally: Tally) -> list[dict[str, object]]:
    return [
        _row(
            f"rows {side}, that float64 cannot judge",
            _sum(tally.judged, spans) + _sum(tally.abstained, spans),
            _sum(tally.abstained, spans),
            f"{HERE}::test_float64_judges_all_within_the_trusted_decades",
        )
        for side, spans in SIDES
    ]


def _mutants(tally: Tally) -> list[dict[str, object]]:
    test = f"{HERE}::test_every_mutant_is_refuted"
    found = []
    for side, spans in SIDES:
        refuted, missed = _sum(tally.refuted, spans), _sum(tally.missed, spans)
        what = "plainly false and not refuted" if spans == WITHIN else "false in float64 and not in fifty digits"
        found.append(_row(f"rows of false bounds {side}, {what}", refuted + missed, missed, test))
        survivors = [name for name in mutants.names() if not any(tally.refuted[name, span] for span in spans)]
        found.append(_row(f"false bounds {side}, never refuted", len(mutants.names()), len(survivors), test))
    return found


def _properties(tally: Tally) -> list[dict[str, object]]:
    return [
        _row(
            f"graphs held against themselves, {name}: rows that differ by more than the stated round-off",
            count,
            sum(n for (kind, _), n in tally.findings.items() if kind.startswith(f"property {name}:")),
            f"{ALWAYS}::test_the_same_table",
        )
        for name, count in sorted(tally.compared.items())
    ]


def _sum(counts: Counter[tuple[str, int]], spans: tuple[int, ...]) -> int:
    return sum(n for (_, span), n in counts.items() if span in spans)


def _row(what: str, count: int, found: int, test: str) -> dict[str, object]:
    return {"what": what, "count": count, "found": found, "test": test}
