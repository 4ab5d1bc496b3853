"""The exchange as a pure library: one package per business context, no technology."""
