"""The command line: a module per command, each with `run(arguments, console) -> int`. Internal."""
