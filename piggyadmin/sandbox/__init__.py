"""A stand-in for Piggy's HTTP API, in a process of its own.

It is written from Piggy's public documentation alone and imports nothing of the rest of this project: an agreement
between it and the client is worth something because the two were read out of the contract separately. It proves our
reading of the documents, not the vendor's server.

    app.py        the WSGI application: who asks, for what, within which limits, and with which fault
    server.py     serves it with gunicorn; also the command line
    account.py    the state of one account: tables, clock, scheduled work, calls, faults
    delivery.py   webhooks on their way: one thread, so that no call waits for who listens
    store.py      the SQLite file behind the state, written before an answer leaves
    settings.py   what tests set about an account: how long a merge takes, whether marks come back, ...
    registry.py   one decorator per operation of the API
    resources/    the operations, a module per resource
    attribute_values.py   which values an attribute takes, by its type
    control.py    /_sandbox/: what tests use to arrange an account, to read its calls and to order faults
    cast/         the demo's people, shops and vouchers; its docstring names cards and codes worth knowing
"""
