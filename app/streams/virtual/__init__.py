"""Virtual time: clocks that stand still until they are advanced."""
