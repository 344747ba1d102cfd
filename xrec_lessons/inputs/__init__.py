"""What comes in from outside: arrays that are checked, files and downloads that have a limit."""
