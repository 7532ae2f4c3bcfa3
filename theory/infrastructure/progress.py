"""Progress bars: widgets in a notebook that has ipywidgets, else lines of text, and no warning that it has none."""

import warnings

from tqdm import TqdmWarning

with warnings.catch_warnings():
    warnings.simplefilter("ignore", TqdmWarning)
    from tqdm.auto import tqdm as tqdm
