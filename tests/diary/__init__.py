"""The diary of a new user: nine tasks, done from an empty folder with the installed package."""
