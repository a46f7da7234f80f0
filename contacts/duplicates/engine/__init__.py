"""Finding contacts that may be one person: pure Python and numpy, knows no database and no Django.

normal    a field as it is compared: case, accents, dots of Gmail, particles of Dutch names
columns   many contacts as columns of numbers and texts
keys      the ways in which contacts may resemble each other: those that share a key are compared
blocks    pairs of contacts out of their keys
levels    how alike two contacts are in each field
model     what each likeness weighs, in bits (Fellegi and Sunter), and why
fitting   those weights, found on the contacts themselves (expectation maximisation)
"""
