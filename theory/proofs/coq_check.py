"""Check of an untrusted Coq file, of which only the integers of its certificate are used.

The file is written again from the graph and these integers, and both are compared byte by byte. Coq gets only our
version, in a temporary folder, with limits of memory and time. Source: new here.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory

from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.proofs.coq import HOPS, MASS, PLACE, VOTE, from_numbers, require_small
from pairbounds.theory.proofs.decimals import ZERO, written
from pairbounds.theory.proofs.places import BITS, Places
from pairbounds.theory.proofs.proof import Claim, Proof, exact_graph
from pairbounds.theory.proofs.verify import Graph, Refusal, Work, require, suffice

NUMBER, LIST = r"\d{1,400}", r"\[:: [-(); \d]{1,20000}\]"
ROW = re.compile(r"^Definition basis_\d{1,4} : seq Z := integers \[:: ([-()x; \da-f]{1,4000})\]\.$", re.MULTILINE)
LARGEST = 2**26  # bytes of a file: no graph that is small enough for Coq has a longer one
MEMORY = 8 * 2**20  # KiB of address space of coqc
SECONDS = 7_200  # of coqc for one file
CLOSED = "Closed under the global context\n"
COQC = 'ulimit -v "$0" && exec coqc -q -w -all -Q . Pairbounds "$1"'
NO_COQC = "not checked by Coq, for there is no coqc here: checked were the file's bytes, and its integers in Python"


def verify_coq(graph: PairGraph, path: Path, theory: Path) -> list[str]:
    """Statements that a file proves about a graph, with the fixed files of Coq in `theory`.

    Raises `Refusal` if it proves nothing, and `ValueError` if the graph is too large or Coq lacks packages.
    """
    require_small(graph)
    with path.open("rb") as file:
        content, exact = file.read(LARGEST + 1), exact_graph(graph)
    try:
        rebuilt = from_numbers(exact, _certificate(content.decode("ascii", errors="replace"), exact))
    except (ValueError, ZeroDivisionError) as error:
        raise Refusal(str(error)) from error
    require(rebuilt.text.encode() == content, "the file differs from the one for this graph and certificate")
    if has_coq := shutil.which("coqc") is not None:
        _compile(rebuilt.text, theory)
    word, lacks = ("PROVED", []) if has_coq else ("CHECKED", [NO_COQC])
    subject = f"width {rebuilt.k}, {f'penalty {written(rebuilt.penalty)}' if rebuilt.penalty else 'no penalty'}"
    lines = (
        f"{word} {claim.quantity} <= {written(claim.value)} (theorem {claim.theorem}, {subject})"
        for claim in rebuilt.claims
    )
    return [*lines, *lacks]


def _certificate(text: str, exact: Graph) -> Proof:
    """Read the integers of a certificate as a proof without values, and check its polynomials."""
    cuts, masses, votes = (list(_matches(template, text)) for template in (PLACE, MASS, VOTE))
    require(len(cuts) == 1 and 1 <= len(masses) <= 2 and len(votes) <= 1, "the file has missing or extra parts")
    k, at_most, mu = int(cuts[0]["k"]), _quotient(cuts[0], "place"), _quotient(masses[0], "mu")
    at_least = _quotient(votes[0], "low") if votes and not mu else ZERO
    basis = [[int(number, 16) for number in re.findall(r"-?0x[\da-f]{1,16}", row)] for row in ROW.findall(text)]
    n, least_side = len(exact.rows), min(len(exact.rows), len(exact.columns))
    require(0 < k <= least_side and [*map(len, basis)] == [k] * n, "the size of V does not match the graph")
    require(all(abs(entry) <= 2 << BITS for row in basis for entry in row), "V needs small integers")
    require(0 <= mu < 1 and mu**2 <= at_most < 1 and at_least <= 1, "a place is out of range")
    claims = [*(_claim(mass, int(mass["theorem"])) for mass in masses), *(_claim(vote, 16) for vote in votes)]
    require([claim.theorem for claim in claims[: len(masses)]] == ([18] if mu else [4, 15]), "a theorem is missing")
    for p, q in (([*claim.polynomial], [*claim.filter]) for claim in claims):
        require(len(p) <= 2 * HOPS + 1 and len(q) <= HOPS + 1, "a polynomial has too many coefficients")
        require(suffice(p, q, at_most, max(at_least, mu**2), Work(0)), "a polynomial is too small somewhere in [0, 1]")
    return Proof(exact.digest, k, mu, Places(at_most, at_least, basis), 0, (), tuple(claims))


def _matches(template: str, text: str) -> Iterator[dict[str, str]]:
    """Numbers in each part of a text that matches a template; a name has the same value everywhere."""
    pattern = ""
    for literal, name, *_ in Formatter().parse(template):
        field = f"(?P<{name}>{LIST if name in ('polynomial', 'filter') else NUMBER})"
        pattern += re.escape(literal) + (f"(?P={name})" if field in pattern else field if name else "")
    yield from (match.groupdict() for match in re.finditer(pattern, text))


def _claim(numbers: dict[str, str], theorem: int) -> Claim:
    p, q = (
        tuple(Fraction(int(number), int(numbers[over])) for number in re.findall(r"-?\d{1,400}", numbers.get(name, "")))
        for name, over in (("polynomial", "over"), ("filter", "filter_over"))
    )
    return Claim(theorem, "probe_mse", ZERO, p, q, _quotient(numbers, "price") if q else ZERO)


def _quotient(numbers: dict[str, str], name: str) -> Fraction:
    return Fraction(int(numbers[f"{name}_num"]), int(numbers[f"{name}_den"]))


def _compile(text: str, theory: Path) -> None:
    """Compile a text with Coq, after the fixed files that it needs."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for required in files_needed(theory, text, {}):
            shutil.copy(theory / f"{required}.v", folder)
            failure, _ = run_coqc(folder, f"{required}.v")
            if failure:
                raise ValueError(f"coqc does not compile {required}.v of {theory}: {failure}")
        (folder / "proof.v").write_text(text, encoding="utf-8")
        failure, output = run_coqc(folder, "proof.v")
    require(not failure, f"coqc rejects it: {failure}")
    require(output == CLOSED * text.count("\nPrint Assumptions "), "a theorem rests on an axiom")


def files_needed(theory: Path, text: str, order: dict[str, None]) -> dict[str, None]:
    """Add the fixed files that a text needs to the order, each after its dependencies."""
    for name in " ".join(re.findall(r"^From Pairbounds Require Import (.*)\.$", text, re.MULTILINE)).split():
        if name not in order:
            files_needed(theory, (theory / f"{name}.v").read_text(encoding="utf-8"), order)[name] = None
    return order


def run_coqc(folder: Path, name: str) -> tuple[str, str]:
    """Error message of coqc about a file, or "", and its output."""
    command = ["sh", "-c", COQC, str(MEMORY), name]
    one_domain = os.environ | {"OCAMLRUNPARAM": "d=1"}  # OCaml 5 reserves memory for 128, above the limit
    try:
        done = subprocess.run(command, cwd=folder, env=one_domain, timeout=SECONDS, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return f"it was not done after {SECONDS:,} seconds", ""
    complaint = " ".join(done.stderr.decode(errors="replace").split()) or "it said nothing"
    return complaint * bool(done.returncode), done.stdout.decode(errors="replace")
