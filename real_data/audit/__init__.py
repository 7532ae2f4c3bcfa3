"""The audit of anyone's pairs: from a file of pairs to consistency, spectrum, bounds, and what hurts most."""

from pairbounds.real_data.audit.auditing import Settings, audit
from pairbounds.real_data.audit.columns import Columns
from pairbounds.real_data.audit.kept_pairs import keep_pairs
from pairbounds.real_data.audit.summary import KEYS
from pairbounds.real_data.audit.trials import Outcome, WhatIf, what_if
from pairbounds.real_data.audit.verdict import Choice

__all__ = ["KEYS", "Choice", "Columns", "Outcome", "Settings", "WhatIf", "audit", "keep_pairs", "what_if"]
