"""The backend that needs no model: it computes its values."""
