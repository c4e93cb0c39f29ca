"""What numbers of an example count: what was done, and how much of a task is done."""
