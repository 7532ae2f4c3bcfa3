"""Reports of a user's runs in one HTML file that needs no server."""
