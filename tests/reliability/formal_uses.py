"""Proofs used by each proof of `theory/formal`, by dpdgraph: `make formal` stores them, and the site draws them."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pairbounds.infrastructure.files import replacing
from pairbounds.theory.ledger.formal import FOLDER

PATH = FOLDER / "uses.csv"
DIGEST = "# SHA-256 of the files: "
NODE = re.compile(r'^N: (\d+) "([^"]+)" \[.*prop=(yes|no), path="(\w+)"', re.MULTILINE)
EDGE = re.compile(r"^E: (\d+) (\d+) ", re.MULTILINE)
Proof = tuple[str, str]  # file without .v, and name


def asked(files: list[str], answer: Callable[[str], str]) -> str:
    """Graph of all constants of compiled files, in the format of dpdgraph."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "uses.dpd"
        answer(
            f"From Pairbounds Require {' '.join(files)}.\nRequire Import dpdgraph.dpdgraph.\n"
            f'Set DependGraph File "{path}".\nPrint FileDependGraph {" ".join(files)}.\n'
        )
        return path.read_text(encoding="utf-8")


def proofs(graph: str) -> dict[Proof, set[Proof]]:
    """Proofs that each proof uses, itself or through definitions.

    Parameters
    ----------
    graph : as dpdgraph writes it
    """
    names = {number: (file, name) for number, name, _, file in NODE.findall(graph)}
    proved = {number for number, _, prop, _ in NODE.findall(graph) if prop == "yes"}
    ahead: dict[str, set[str]] = {number: set() for number in names}
    for user, used in EDGE.findall(graph):
        ahead[user].add(used)
    return {names[number]: {names[proof] for proof in _reached(number, ahead, proved)} for number in sorted(proved)}


def _reached(start: str, ahead: dict[str, set[str]], proved: set[str]) -> set[str]:
    """Proofs reached through definitions only."""
    reached, left = set[str](), [start]
    while left:
        new = ahead[left.pop()] - reached
        reached |= new
        left += new - proved
    return (reached & proved) - {start}


def keep(uses: dict[Proof, set[Proof]], digest: str, path: Path = PATH) -> None:
    """Write a line for each proof; a proof of the same file is named without its file."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as lines:
        lines.write(f"{DIGEST}{digest}\n")
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(("file", "constant", "uses"))
        for (file, name), used in sorted(uses.items()):
            table.writerow((file, name, " ".join(b if a == file else f"{a}.{b}" for a, b in sorted(used))))
