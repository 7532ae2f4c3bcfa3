"""Audit of a user's pairs: consistency, spectrum, bounds, and the most harmful captions and classes."""

from pairbounds.real_data.audit.auditing import AuditSettings, audit
from pairbounds.real_data.audit.noise_trials import caption_noise
from pairbounds.real_data.audit.pair_tables import Columns
from pairbounds.real_data.audit.summary import KEYS

__all__ = ["KEYS", "AuditSettings", "Columns", "audit", "caption_noise"]
