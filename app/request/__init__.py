"""From a client's query, headers and body to one frozen value. Pure."""
