"""AsyncAPI: channels that clients receive from, as operations of streams."""
