"""What the service is measured against; each serves the same feed on PORT."""
