"""Removal of entries that plugins and tests have registered."""

from pairbounds.infrastructure.users_code import REGISTERS
from pairbounds.plugins import LOADED


def unload() -> None:
    """Unload all plugins, and remove every entry of a user."""
    LOADED.clear()
    for register in REGISTERS:
        for name in register.of_users():
            del register[name]
