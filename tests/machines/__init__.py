"""The two commands of the README on machines where nothing was installed."""
