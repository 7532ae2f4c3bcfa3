"""A page as PDF, through a Chromium that is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.pictures import MARKS
from pairbounds.infrastructure.tables import replacing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 180  # that printing may take


def require_chromium() -> str:
    """The path of Chromium.

    Raises
    ------
    FileNotFoundError
        There is none.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(
            f"a PDF is printed by Chromium, and none of {', '.join(NAMES)} is on the PATH: install one, or print the "
            "page from a browser"
        )
    return found


def print_pdf(page: Path, out: Path) -> None:
    """Print a page into a PDF; it says that pairbounds made it, in a comment at its end.

    Raises
    ------
    FileNotFoundError
        There is no Chromium.
    RuntimeError
        It failed, or took longer than `SECONDS`.
    """
    program = require_chromium()
    with tempfile.TemporaryDirectory() as profile, replacing(out) as temporary:
        options = ["--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={profile}"]
        options += ["--no-sandbox"] if os.geteuid() == 0 else []  # which root cannot have
        command = [program, *options, f"--print-to-pdf={temporary.resolve()}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"{program} has not printed {page} in {SECONDS} s") from error
        if done.returncode or not temporary.is_file() or not temporary.stat().st_size:
            reason = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise RuntimeError(f"{program} cannot print {page}: {one_line(reason)}")
        with temporary.open("ab") as file:
            file.write(b"%" + MARKS[".pdf"] + b"\n")
