"""Why the fast tests leave more than a twentieth of a file unrun. A test fails where this is not as measured."""

REASONS: dict[str, str] = {
    "real_data/datasets/svg.py": (
        "What a drawing may do that ends its process is tried; that a process does not end when it is asked "
        "to, and answers of renderers that no drawing gave, are not."
    ),
    "real_data/datasets/svg_worker.py": (
        "It draws in a process of its own, without what counts lines: its limits on memory and time are for "
        "what it draws alone. The tests of foreign pictures see what it answers."
    ),
    "real_data/studies/emoji_captions.py": (
        "It measures the whole emoji set, which takes minutes: `make smoke` does it on every change."
    ),
    "theory/sweeps/execution.py": (
        "Losses of a Dask cluster that come between two of its answers: `make faults` kills workers at random moments."
    ),
    "theory/infrastructure/array_files.py": "One line: a version of numpy's format that numpy does not write yet.",
    "theory/bounds/confirmation.py": (
        "Claims whose hypotheses fail only in fifty digits, or whose value is infinite there: `make fuzz` meets them."
    ),
    "theory/infrastructure/commandline.py": (
        "Broken pipes between two lines of what is printed, and systems without `poll`."
    ),
    "theory/infrastructure/folders.py": (
        "Races of two commands for one lock, a few instructions wide: `make faults` starts two at once."
    ),
    "theory/infrastructure/foreign.py": "Functions without source, and messages of more than 500 letters.",
    "theory/infrastructure/interruption.py": (
        "The second signal to a process that does not end, which ends it without counting; signals in other threads."
    ),
    "theory/infrastructure/processes.py": (
        "A process that kills itself when its parent is gone: what it counted is lost with it."
    ),
    "theory/infrastructure/temporaries.py": "Files of a process of another user, or of a number that was given anew.",
}
