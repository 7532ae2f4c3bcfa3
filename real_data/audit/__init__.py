"""The audit of anyone's pairs: from a file of pairs to consistency, spectrum, bounds, and what hurts most."""

from real_data.audit.auditing import Settings, audit
from real_data.audit.summary import KEYS

__all__ = ["KEYS", "Settings", "audit"]
