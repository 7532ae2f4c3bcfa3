"""The diary of a new user: ten tasks, done from an empty folder with the installed package."""
