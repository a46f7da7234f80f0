"""Runs that are longer than a task: rows that the workers go on with, some seconds at a time, one worker at a row."""
