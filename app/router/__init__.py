"""The routes in force: those of the configuration, and those made at run time."""
