"""Language models: asking, reading, checking. A room of one backend kind."""
