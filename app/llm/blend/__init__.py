"""A model for the words of a value, the simulation for everything else."""
