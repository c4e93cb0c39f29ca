"""Language models: clients, prompts, and answers checked against the shape."""
