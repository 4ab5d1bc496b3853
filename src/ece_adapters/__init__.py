"""Real technology behind the ports of the domain."""
