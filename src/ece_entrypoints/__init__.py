"""How the outside world reaches ECE, one package per protocol, and the wiring of all parts."""
