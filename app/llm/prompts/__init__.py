"""What a model is asked: the schema of the answer, and the prompt around it. Pure."""
