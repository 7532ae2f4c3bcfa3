"""`make formal`: compile the proofs of `theory/formal` from scratch, and ask Coq on which axioms each theorem stands.

`--if-changed`, which `.ci/run` gives, ends with one line where there is no Coq or no file has changed since the record.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from pairbounds import BOUNDS
from pairbounds.infrastructure.commandline import BAD_INPUT, CHECK_FAILED, echo, run
from pairbounds.theory.bounds.theorems import STATEMENTS
from pairbounds.theory.ledger.formal import AXIOMS, FOLDER, axioms, machine_checked
from tests.reliability import formal_uses
from tests.reliability.formal_values import computed, keep
from tests.reliability.record import RECORDS, write

PACKAGES = "coq libcoq-dpdgraph " + " ".join(
    f"libcoq-mathcomp-{part}" for part in ("algebra", "real-closed", "algebra-tactics", "zify", "analysis")
)
CLOSED = "Closed under the global context"
COMMENT = re.compile(r"\(\*(?:(?!\(\*|\*\)).)*\*\)", re.DOTALL)  # an innermost one
FORBIDDEN = re.compile(
    r"\b(Admitted|admit|Axioms?|Parameters?|Conjectures?|Admit|give_up|bypass_check|Primitive|Declare\s+ML|Guard\s+Checking"
    r"|Positivity\s+Checking|Universe\s+Checking|type_in_type)\b"
)
EXAMPLES = re.compile(r"Counterexamples|False\w+|(Log)?Instances\w*|Sharpness\d*|Values")  # files without a row
ASSUMED = ("Variable", "Variables", "Hypothesis", "Hypotheses", "Context")


def sources() -> dict[str, str]:
    """Text of each file by its name without `.v`."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.v"))}


def objections(text: str) -> list[str]:
    """Words of a file that would let a theorem use something unproved."""
    while COMMENT.search(text):
        text = COMMENT.sub(" ", text)
    phrases = [match[0] for match in FORBIDDEN.finditer(text)]
    open_ones: list[str] = []
    for sentence in re.split(r"\.(?=\s|$)", text):
        first, *words = [*re.sub(r"#\[[^]]*\]|\b(?:Local|Global|Polymorphic)\b", " ", sentence).split(), ""]
        if first in ("Section", "Module"):
            open_ones.append(f"{first} {words[0]}")
        elif first == "End":
            open_ones.pop()
        elif first in ASSUMED and not any(section.startswith("Section") for section in open_ones):
            phrases.append(f"{first} outside a section")
    return phrases + [f"{section} is not closed" for section in open_ones]


def in_order(texts: dict[str, str]) -> list[str]:
    """Files in the order of their requirements."""
    required = {
        name: set(" ".join(re.findall(r"^From Pairbounds Require (?:Import |Export )?([^.]*)\.$", text, re.M)).split())
        for name, text in texts.items()
    }
    return list(TopologicalSorter(required).static_order())


def unexpected(name: str, answer: str) -> list[str]:
    """Axioms in the output of `Print Assumptions` that the theorem "file.v:name" must not use."""
    allowed = {"Axioms:", *(f"boolp.{axiom}" for axiom in axioms(name))}
    named = [line.partition(" :")[0] for line in answer.splitlines() if line and not line[0].isspace()]
    return (
        []
        if answer == CLOSED
        else [axiom_name for axiom_name in named if axiom_name not in allowed] or ["nothing"] * (not named)
    )


def theorems() -> list[str]:
    """Theorems that the ledger names, "file.v:name", those that are no row of it, examples and counterexamples."""
    rows = map(machine_checked, (*BOUNDS.values(), *STATEMENTS.values()))
    named = [name for name in rows if name is not None]
    stated = re.compile(r"^Theorem (\w+) .*?: (?:Log)?Statements\.\1 R\.$", re.M)
    names_by_file = {file: stated.findall(text) for file, text in sources().items()}
    examples = filter(EXAMPLES.fullmatch, sources())
    names_by_file |= {file: re.findall(r"^Theorem (\w+)", sources()[file], re.M) for file in examples}
    stated_names = [f"{file}.v:{name}" for file, names in names_by_file.items() for name in names]
    return [*named, *(statement for statement in stated_names if statement not in named)]


def digest(texts: dict[str, str]) -> str:
    """SHA-256 of all files."""
    return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in texts.items()).encode()).hexdigest()


def _coq(*arguments: str, folder: str) -> str:
    command = ["coqc", "-q", "-w", "-all", "-Q", ".", "Pairbounds", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{arguments[-1]} does not compile: {' '.join(done.stderr.split())}")
    return done.stdout


def _answer(question: str, folder: str) -> str:
    (Path(folder) / "question.v").write_text(question)
    return _coq("question.v", folder=folder)


def _assumptions(names: list[str], folder: str) -> dict[str, str]:
    """Answers of Coq on the axioms of each theorem."""
    lines = [f"From Pairbounds Require {' '.join(sorted({name.split('.v:')[0] for name in names}))}."]
    for name in names:
        lines += [f'Goal True. idtac "@@{name}". Abort.', f"Print Assumptions {name.replace('.v:', '.')}."]
    answers = [part.partition("\n") for part in _answer("\n".join(lines) + "\n", folder).split("@@")[1:]]
    return {name.strip(): answer.strip() for name, _, answer in answers}


def _packages() -> list[str]:
    """Versions of MathComp's packages, if dpkg installed them. MathComp has no version command."""
    if shutil.which("dpkg-query") is None:
        return []
    command = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES.split()[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if line.split()[1:]]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def formal(
    if_changed: Annotated[bool, typer.Option("--if-changed", help="Only with Coq, and after a change.")] = False,
) -> int:
    """Compile all proofs, print the axioms of each theorem, and write the record."""
    started, cpu, texts = time.monotonic(), os.times(), sources()
    digest_note = f"SHA-256 of the files: {digest(texts)}"
    record = RECORDS / "formal.json"
    if shutil.which("coqc") is None:
        echo(f"make formal: there is no coqc: apt-get install {PACKAGES}", err=not if_changed)
        return 0 if if_changed else BAD_INPUT
    if if_changed and record.is_file() and digest_note in json.loads(record.read_text())["notes"]:
        echo("make formal: the proofs are those of the record")
        return 0
    with TemporaryDirectory() as folder:
        _answer("Require Import dpdgraph.dpdgraph.\n", folder)  # fails before the proofs, not after them
        for name in in_order(texts):
            (Path(folder) / f"{name}.v").write_text(texts[name], encoding="utf-8")
            _coq(f"{name}.v", folder=folder)
        compiled = os.times()
        result = _assumptions(theorems(), folder)
        keep(computed(lambda question: _answer(question, folder)))
        graph = formal_uses.asked(sorted(texts), lambda question: _answer(question, folder))
        formal_uses.keep(formal_uses.proofs(graph), digest(texts))
    for name, answer in result.items():
        echo(f"{name}: {' '.join(answer.split())}")
    rows = [
        {
            "what": name + " (axioms of Analysis)" * (answer != CLOSED),
            "count": 1,
            "found": int(bool(unexpected(name, answer))),
        }
        for name, answer in result.items()
    ]
    version = " ".join(subprocess.run(["coqc", "--version"], capture_output=True, text=True, check=True).stdout.split())
    packages = " ".join(_packages()) or "MathComp's packages are not dpkg's, and have no version here"
    seconds = compiled.children_user + compiled.children_system - cpu.children_user - cpu.children_system
    lines = sum(text.count("\n") for text in texts.values())
    notes = [
        f"{version}; {packages}. {lines:,} lines compiled in {seconds:.0f} CPU seconds.",
        f"The axioms of Analysis: {', '.join(f'boolp.{axiom}' for axiom in AXIOMS)}. All others: {CLOSED.lower()}.",
        digest_note,
    ]
    write("formal", "make formal", rows, started, notes=notes)
    return CHECK_FAILED if any(row["found"] for row in rows) else 0


if __name__ == "__main__":
    run(app)
