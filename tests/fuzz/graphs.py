"""Every bound on random graphs: nothing true may be refuted, nothing false pass, nothing crash or warn."""

from pathlib import Path
from typing import Any

import torch
from hypothesis import Phase
from threadpoolctl import threadpool_limits

from tests.fuzz import mutants
from tests.fuzz.campaign import BATCH, Tally, each_of
from tests.fuzz.specimens import SPANS, TRUSTED, Specimen, specimens
from tests.fuzz.verdicts import judge

EVERY = 4  # graphs: so many false bounds take more time than verdicts, and need fewer graphs
HERE = "tests/fuzz/test_fuzz.py"
VERDICTS, MUTANTS = f"{HERE}::test_no_false_verdict", f"{HERE}::test_every_mutant_is_refuted"
ABSTAINS = f"{HERE}::test_float64_judges_all_within_the_trusted_decades"
ROWS = ("judged", "abstained")


class FoundError(Exception):
    """A specimen that shows a finding."""


def judged(batch: str, graphs: int, every: int = EVERY) -> Tally:
    """The graphs of a batch; false bounds on every so many, beyond the trusted decades, where it is slow, one of them.

    Counts have the keys ("graphs", span), ("with violated", span) and so with a crash or a warning, ("refusals", why),
    ("judged", bound, span), ("abstained", bound, span), ("tried", mutant, trusted), ("refuted", mutant, trusted), and
    ("found", kind).
    """
    torch.set_num_threads(1)
    tally, names = Tally(), mutants.names()

    def count(specimen: Specimen) -> None:
        turn, rest = divmod(tally.total("graphs"), every)
        span = specimen.span
        outcome = judge(specimen, () if rest else names if span <= TRUSTED else [names[turn % len(names)]])
        tally.counts["graphs", span] += 1
        tally.counts.update(("refusals", why) for why in [outcome.refusal] if why is not None)
        for what in ROWS:
            tally.counts.update((what, bound, span) for bound in getattr(outcome, what))
        for what in ("tried", "refuted"):
            tally.counts.update((what, bound, span <= TRUSTED) for bound in getattr(outcome, what))
        tally.counts.update(("found", kind) for kind in outcome.findings)
        tally.counts.update((f"with {word}", span) for word in {kind.split()[0] for kind in outcome.findings})
        tally.first = dict.fromkeys(outcome.findings, batch) | tally.first

    with threadpool_limits(1):
        each_of(specimens(), count, batch, graphs)
    return tally


def shrunk(kind: str, batch: str) -> Specimen:
    """The simplest graph that shows a kind of finding, from the first of a batch that does."""

    def look(specimen: Specimen) -> None:
        if kind in judge(specimen).findings:
            raise FoundError(specimen)

    try:
        each_of(specimens(), look, batch, BATCH, Phase.generate, Phase.shrink)
    except FoundError as found:
        return found.args[0]
    raise ValueError(f"no graph of batch {batch} shows it: {kind}")


def kept(kind: str, batch: str, _folder: Path) -> str:
    """The simplest graph that shows a kind of finding, as text."""
    return repr(shrunk(kind, batch))


def rows(tally: Tally) -> list[dict[str, Any]]:
    """Tries of one kind, their number, and the number in which something was found."""
    graphs = tally.total("graphs")
    found = [
        (
            f"graphs whose weights span {low} to {high} decades, with a row that is called violated",
            tally.counts["graphs", high],
            tally.counts["with violated", high],
            VERDICTS,
        )
        for low, high in zip((0, *SPANS), SPANS, strict=False)
    ]
    violated = sum(n for key, n in tally.counts.items() if key[0] == "found" and key[1].startswith("violated"))
    found.append(("verdicts on bounds that are proved, false ones", tally.total("judged"), violated, VERDICTS))
    found += [
        (f"graphs, with a {word}", graphs, tally.total(f"with {word}"), VERDICTS) for word in ("crash", "warning")
    ]
    for trusted, side in ((True, "within"), (False, "beyond")):
        spans = [span for span in SPANS if (span <= TRUSTED) == trusted]
        n = {what: sum(n for key, n in tally.counts.items() if key[0] == what and key[-1] in spans) for what in ROWS}
        rows_of_side = f"rows {side} {TRUSTED} decades, that float64 cannot judge"
        found.append((rows_of_side, sum(n.values()), n["abstained"], ABSTAINS))
        tried, refuted = (
            {key[1] for key in tally.counts if key[0] == what and key[-1] is trusted} for what in ("tried", "refuted")
        )
        never = len(tried - refuted)
        found.append((f"false bounds {side} {TRUSTED} decades, never refuted", len(tried), never, MUTANTS))
    return [{"what": what, "count": count, "found": n, "test": test} for what, count, n, test in found if count]


def shares(tally: Tally) -> list[dict[str, Any]]:
    """Share of the rows of each bound that float64 cannot judge, by class of weight spans beyond the trusted."""
    table = []
    for bound in sorted({key[1] for key in tally.counts if key[0] == "abstained"}):
        row: dict[str, Any] = {"bound": bound}
        for span in (each for each in SPANS if each > TRUSTED):
            judged, abstained = (tally.counts[what, bound, span] for what in ROWS)
            row[str(span)] = round(abstained / (judged + abstained), 4) if judged + abstained else None
        table.append(row)
    return table


def notes(tally: Tally) -> list[str]:
    """Refusals of the constructor, and kinds of findings."""
    texts = {"refusals": "The constructor refused {n:,} graphs: {what}", "found": "Found on {n:,} graphs: {what}"}
    return [texts[key[0]].format(n=n, what=key[1]) for key, n in tally.counts.most_common() if key[0] in texts]
