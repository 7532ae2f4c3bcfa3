"""The audit of anyone's pairs: from a file of pairs to consistency, spectrum, bounds, and what hurts most."""

from pairbounds.real_data.audit.auditing import Settings, audit
from pairbounds.real_data.audit.noise_trials import caption_noise
from pairbounds.real_data.audit.pair_tables import Columns
from pairbounds.real_data.audit.summary import KEYS
from pairbounds.real_data.audit.trials import Outcome, WhatIf, what_if

__all__ = ["KEYS", "Columns", "Outcome", "Settings", "WhatIf", "audit", "caption_noise", "what_if"]
