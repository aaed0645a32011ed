"""The words of the command line, a module each: add(parser) says its options,
run(arguments) does it and returns the exit status.
"""
