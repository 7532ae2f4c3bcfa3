"""A tiny study, as a plugin: it leaves a trace of each measurement, fails, kills and waits as its settings say."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds import study


@dataclass(frozen=True)
class Settings:
    x: int = 0
    y: float | None = None
    name: str = "plain"
    traces: str = ""
    unlucky: int = -1  # the x that fails
    fatal: int = -1  # the x that kills its process; where traces are left, only once
    pause: float = 0.0

    def __post_init__(self):
        if self.x < 0:
            raise ValueError(f"x={self.x} is negative")


@study("tiny", settings=Settings)
def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Does the sweep do what it says?"""
    if settings.traces:
        trace = Path(settings.traces, f"{settings.x}-{seed}-{os.getpid()}-{time.monotonic_ns()}")
        trace.touch()
    time.sleep(settings.pause)
    if settings.x == settings.unlucky:
        raise ArithmeticError(f"{settings.x} is unlucky")
    if settings.x == settings.fatal and not (settings.traces and Path(settings.traces, "killed").exists()):
        if settings.traces:
            Path(settings.traces, "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    rng = np.random.default_rng([seed, settings.x])
    rows = 1 + settings.x % 3
    return pd.DataFrame(
        {"draw": rng.random(rows), "half": np.where(np.arange(rows) % 2, np.nan, 1), "of": settings.name}
    )
