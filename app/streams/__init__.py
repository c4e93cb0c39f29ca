"""The shell that runs streams: sleeping, waking, generating ahead, stopping."""
