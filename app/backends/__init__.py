"""Where values come from: language models, and the embedded generator."""
