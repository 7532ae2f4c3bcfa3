"""Pages of theorems, with facts on each row from the code, the records and Coq."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import dependencies
import dependency_graph
import pandas as pd
from formulas import unicode_formula
from pair_drawing import graph_picture, is_small
from written import linked

from pairbounds.theory.bounds.registry import BOUNDS, Bound
from pairbounds.theory.bounds.scoring import score
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.bounds.theorems import STATEMENTS, THEOREMS
from pairbounds.theory.ledger.explanation import SUBJECTS
from pairbounds.theory.ledger.formal import coq_statement, foundation, machine_checked
from pairbounds.theory.ledger.reasons import STATUS_MEANS, beaten_by, best_counts, sharpest

FOLDER = dependencies.PAGES
ROW = re.compile(r"^```\{row\} ([\w-]+)\n(.*)\n```$", re.MULTILINE)  # name, and formula in LaTeX
FENCE = re.compile(r"^```\{(row|graph|theorems|lemmas)\} ?([\w-]*)\n(?:.*\n)?```$", re.MULTILINE)
PUBLISHED = {"bound_holds": "simulated worlds", "emoji_bounds": "emoji"}  # tables with the tightness of each bound


def pages() -> Iterator[tuple[str, str]]:
    """Path and Markdown of each page of docs/theorems."""
    for path in sorted(FOLDER.glob("*.md")):
        yield f"theorems/{path.name}", linked(expanded(path.read_text(encoding="utf-8")), FOLDER)


def expanded(text: str) -> str:
    """Text of a page with all insertions."""
    title = re.match(r"# Theorem (\d+): ", text)
    if title:
        text = text.replace("\n## Sources\n", f"\n## Used by\n\n{_used_by(int(title[1]))}\n\n## Sources\n")
    insertions = {
        "row": row,
        "graph": lambda _: f'<div class="scroll">\n{graph()}\n</div>',
        "theorems": lambda _: _table(),
        "lemmas": lambda _: _lemmas(),
    }
    return FENCE.sub(lambda fence: insertions[fence[1]](fence[2]), text)


def row(name: str) -> str:
    """Heading, formula, facts, and statements in words and in Coq, of a row."""
    claim: Bound | Statement = BOUNDS[name] if name in BOUNDS else STATEMENTS[name]
    sentence, drawing = _sharpest(claim)
    facts = [*(_of_bound(claim, sentence) if isinstance(claim, Bound) else _of_statement(claim, sentence))]
    parts = [f"### {name}", f"$$\n{formulas()[name]}\n$$", _words(claim)]
    parts += [re.sub(r"\s+", " ", claim.remarks)] if isinstance(claim, Bound) else []
    parts += ["\n".join(f"- {fact}" for fact in facts), drawing, "\n\n".join(_coq(claim))]
    return "\n\n".join(part for part in parts if part)


@cache
def formulas() -> dict[str, str]:
    """Formulas of all rows in LaTeX, from the pages of the theorems."""
    return {name: latex for text in dependencies.texts().values() for name, latex in ROW.findall(text)}


def _words(claim: Bound | Statement) -> str:
    """Statement without the formula, which is above it."""
    latex = formulas()[claim.name]
    before, _, after = claim.statement.partition(f"`{unicode_formula(latex)}`")
    text = f"{before}${latex}${after}" if before.strip() else after.lstrip(" ,:;.")
    return text[:1].upper() + text[1:]


def _of_bound(claim: Bound, sharpest_graph: str) -> Iterator[str]:
    checked = "; machine-checked in Coq" if machine_checked(claim) else ""
    yield f"*Measured*: `{claim.quantity}`, of {SUBJECTS[claim.subject]}."
    yield f"*Status*: {claim.status}: {STATUS_MEANS[claim.status]}{checked}."
    if claim.corollary_of is not None:
        yield f"*Corollary*: at the same cost {beaten_by(claim)} is never above it."
    yield f"*Kept*: {claim.kept}."
    if evidence := " ".join(_evidence(claim.name)):
        yield f"*Evidence*: {evidence}"
    if sharpest_graph:
        yield sharpest_graph
    file = claim.evaluate.__module__.removeprefix("pairbounds.").replace(".", "/")
    yield f"*Code*: `{file}.py`, tested in `tests/bounds/checks/theorem{claim.theorem:02d}.py`."


def _of_statement(claim: Statement, sharpest_graph: str) -> Iterator[str]:
    checked = "proved; machine-checked in Coq" if machine_checked(claim) else "proved on paper"
    yield f"*Status*: {checked}."
    yield f"*Kept*: {claim.kept}."
    yield sharpest_graph
    yield f"*Code*: `{claim.place}`, tested in `{claim.tested_in}`."


def _evidence(name: str) -> Iterator[str]:
    """Sentences from the records: how often a bound is the smallest, and its tightness."""
    counts = best_counts(name)
    if counts["count"]:
        yield (
            f"Of {counts['count']:,} points it is the smallest bound, and alone, at {counts['best']:,}, and vacuous at "
            f"{counts['vacuous']:,} (`theory/ledger/best.json`)."
        )
    for table, data in PUBLISHED.items() if BOUNDS[name].relation != "=" else ():
        if name in (medians := _medians(table)).index:
            median, count = medians.loc[name]
            path = _published(table).relative_to(dependencies.ROOT)
            yield (
                f"Median tightness on {data} {median:.3f}, 1 being equality, over {count:,.0f} points where it is not "
                f"vacuous (`{path}`)."
            )


@cache
def _medians(table: str) -> pd.DataFrame:
    """Median tightness and number of points by bound."""
    columns = ["bound", "tightness", "applicable", "vacuous"]
    points = pd.read_parquet(_published(table), columns=columns)
    points = points.query("applicable and not vacuous and tightness == tightness")
    return points.groupby("bound")["tightness"].agg(["median", "count"])


def _published(table: str) -> Path:
    """Path of a published table, in the folder of its study."""
    return next((dependencies.ROOT / "results").glob(f"*/{table}.parquet"))


def _sharpest(claim: Bound | Statement) -> tuple[str, str]:
    """Sentence on the graph for which the row is closest to equality, with both sides; and its drawing if small."""
    if isinstance(claim, Statement):
        return "*Sharpest graph*: none, since the statement is not about one graph and embedding.", ""
    if claim.status == "rate":
        return "", ""
    if claim.relation == "=":
        return "*Sharpest graph*: none, since it is an equality on every graph.", ""
    if (sides := sharpest(claim.name)) is None:
        return "*Sharpest graph*: none known on which it says something.", ""
    point, (graph, k, *_) = score(claim, *sides), sides
    size, drawing = ("drawn below", graph_picture(graph)) if is_small(graph) else ("too large to be drawn", "")
    sentence = (
        f"*Sharpest graph* known: {graph.n_left} left and {graph.n_right} right nodes at `k = {k}` ({size}). "
        f"There `{claim.quantity}` is {point.measured:.6g} and the bound {point.value:.6g}: ratio {point.ratio:.3f}."
    )
    return sentence, "\n".join(filter(str.strip, drawing.splitlines()))  # Markdown ends it at an empty line


def _coq(claim: Bound | Statement) -> Iterator[str]:
    if (formal := machine_checked(claim)) is not None:
        file, _, theorem = formal.partition(":")
        yield f"Coq proves `{theorem}` in `theory/formal/{file}`, {foundation(formal)}:"
        yield f"```text\n{coq_statement(formal)}\n```"


def _used_by(number: int) -> str:
    uses = dependencies.uses_of_pages()
    users = sorted(uses.predecessors(number))
    lines = [f"- {_link(user)}: {dependencies.titles()[user]}." for user in users] or ["Nothing yet."]
    files = dependencies.by_file(dependencies.used_by(number))
    if files:
        count = sum(map(len, files.values()))
        lines += [
            "",
            f"In Coq, its proofs use [{count} lemmas of {len(files)} files](lemmas.md#theorem-{number}).",
        ]
    return "\n".join(lines)


def _link(number: int) -> str:
    return f"[Theorem {number}](theorem{number:02d}.md)"


@cache
def _modules() -> dict[int, list[ModuleType]]:
    modules: dict[int, list[ModuleType]] = {}
    for module in THEOREMS:
        modules.setdefault(int(module.__name__.rpartition(".theorem")[2][:2]), []).append(module)
    return modules


def _rows(number: int) -> list[Bound | Statement]:
    """Rows of a theorem, by module."""
    return [
        claim
        for module in _modules()[number]
        for claim in (
            *(bound for bound in BOUNDS.values() if bound.evaluate.__module__ == module.__name__),
            *getattr(module, "STATEMENTS", ()),
        )
    ]


def kind(claim: Bound | Statement) -> str:
    """Kind of evidence for a row, a key of `dependency_graph.KINDS`."""
    if machine_checked(claim):
        return "machine-checked"
    return "proved on paper" if isinstance(claim, Statement) or claim.status == "exact" else claim.status


def graph() -> str:
    """Graph of all theorems as SVG."""
    pages, proofs = dependencies.uses_of_pages(), dependencies.uses_of_proofs()
    return dependency_graph.svg(
        pages,
        {number: [kind(claim) for claim in _rows(number)] for number in pages},
        {number: _label(number) for number in pages},
        {number: f"Theorem {number}: {_title(number)}" for number in pages},
        lambda user, used: {user, used} <= set(proofs) and not proofs.has_edge(user, used),
    )


def _title(number: int) -> str:
    title = dependencies.titles()[number]
    return title[:1].upper() + title[1:]


def _table() -> str:
    """Table with number, title and row counts by kind of each theorem, and the menu of pages."""
    lines = ["| theorem | title | " + " | ".join(dependency_graph.KINDS) + " |", "|---|---|" + "---|" * 4]
    for number in _modules():
        kinds = [kind(claim) for claim in _rows(number)]
        counts = " | ".join(str(kinds.count(name) or "") for name in dependency_graph.KINDS)
        lines.append(f"| {_link(number).replace('Theorem ', '')} | {_title(number)} | {counts} |")
    menu = "\n".join(f"{number}: {_label(number)} <theorem{number:02d}>" for number in dependencies.texts())
    return "\n".join([*lines, "", f"```{{toctree}}\n:hidden:\n\nnotation\n{menu}\nlemmas\n```"])


def _label(number: int) -> str:
    """Short name of a theorem, from its modules."""
    names = (module.__name__.rpartition(".theorem")[2].partition("_")[2] for module in _modules()[number])
    return ", ".join(names).replace("_", " ")


def _lemmas() -> str:
    """Lists of the lemmas that the Coq proofs of each theorem use."""
    sections = []
    for number in _modules():
        files = dependencies.by_file(dependencies.used_by(number))
        listed = [f"- `{file}.v`: {', '.join(f'`{name}`' for name in names)}" for file, names in files.items()]
        sections += [
            f"## Theorem {number}",
            f"{_link(number)}: {_title(number)}.",
            "\n".join(listed) or "No Coq proof.",
        ]
    return "\n\n".join(sections)
