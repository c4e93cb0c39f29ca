"""What a field is, by its name, its form and where it stands."""
