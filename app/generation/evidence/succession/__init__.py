"""What comes one after another: numbers of events and of their places in a log."""
