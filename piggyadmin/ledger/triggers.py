"""The database itself refuses to change the ledger: triggers, for SQLite and for PostgreSQL.

- Acts and events are never changed nor deleted, and enter only as the chain's next link.
- The chain's head moves one step at a time and never away.
- A detail is never deleted, and changes only by being emptied.

They are made by a migration and made again after every `migrate`: SQLite drops a table's triggers, without a word,
whenever a later migration rebuilds that table. `verify_ledger` reports one that is missing.

Whoever owns the database can drop triggers. They stop mistakes; the hash chain shows what was done on purpose.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

CHAIN = ("ledger_act", "ledger_event")
KEPT = (*CHAIN, "ledger_chainhead", "ledger_actdetail")

NEVER = "The ledger is append-only: this row is never changed"
IN_ORDER = "The ledger is append-only: a row enters as the next link of the chain"
FORWARD = "The head of the ledger moves one step at a time"
ONLY_EMPTIED = "A detail of the ledger is only ever emptied"

HEAD_STANDS = "NEW.id = OLD.id AND NEW.seq = OLD.seq + 1"
EMPTIED = (
    "NEW.body = '' AND NEW.salt = '' AND NEW.erased_at IS NOT NULL AND NEW.id = OLD.id AND NEW.act_id = OLD.act_id"
)

# SQLite's conditions for a row that may not enter.
NOT_NEXT = (
    "NEW.seq IS NOT (SELECT seq + 1 FROM ledger_chainhead) OR NEW.prev_hash IS NOT (SELECT hash FROM ledger_chainhead)"
)
# REPLACE deletes the row in its way without waking a delete trigger, so a row that stands in the way is looked for.
TAKEN = {
    "ledger_act": (
        "EXISTS (SELECT 1 FROM ledger_act WHERE id = NEW.id OR seq = NEW.seq OR mark = NEW.mark "
        "OR (form_token <> '' AND form_token = NEW.form_token))"
    ),
    "ledger_event": "EXISTS (SELECT 1 FROM ledger_event WHERE id = NEW.id OR seq = NEW.seq)",
}


def create(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger that is not there; harmless to repeat."""
    _run(connection, _sqlite() if connection.vendor == "sqlite" else _postgresql())


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for the migration's way back, and for tests that empty their database."""
    on = "" if connection.vendor == "sqlite" else " ON {table}"
    _run(
        connection,
        [f"DROP TRIGGER IF EXISTS {name}" + on.format(table=table) for name, table in names(connection).items()],
    )


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should stand and do not (or are switched off)."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {row[0] for row in cursor.fetchall()}
    return sorted(set(names(connection)) - standing)


def names(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Every trigger of ours and the table it stands on."""
    kinds = ["no_update", "no_delete"] + (["no_truncate"] if connection.vendor != "sqlite" else [])
    standing = {f"{table}_{kind}": table for table in KEPT for kind in kinds}
    return standing | {f"{table}_in_order": table for table in CHAIN}


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite() -> list[str]:
    def trigger(name: str, event: str, table: str, when: str, words: str) -> str:
        return (
            f"CREATE TRIGGER IF NOT EXISTS {table}_{name} BEFORE {event} ON {table} "
            f"{when} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )

    statements = [trigger("no_delete", "DELETE", table, "", NEVER) for table in KEPT]
    statements += [trigger("no_update", "UPDATE", table, "", NEVER) for table in CHAIN]
    statements += [
        trigger("no_update", "UPDATE", "ledger_chainhead", f"WHEN NOT ({HEAD_STANDS})", FORWARD),
        # IS, not =: a null must not make the whole condition null, which SQLite reads as "do not fire".
        trigger(
            "no_update",
            "UPDATE",
            "ledger_actdetail",
            f"WHEN ({EMPTIED} AND NEW.event_id IS OLD.event_id) IS NOT TRUE",
            ONLY_EMPTIED,
        ),
    ]
    statements += [
        trigger("in_order", "INSERT", table, f"WHEN {taken} OR {NOT_NEXT}", IN_ORDER) for table, taken in TAKEN.items()
    ]
    return statements


def _postgresql() -> list[str]:
    def function(name: str, condition: str, words: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN NEW; END $$"
        )

    def trigger(name: str, event: str, table: str, each: str, runs: str) -> str:
        return (
            f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {event} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {runs}()"
        )

    head = "SELECT 1 FROM ledger_chainhead WHERE seq + 1 = NEW.seq AND hash = NEW.prev_hash"
    statements = [
        function("ledger_never", "TRUE", NEVER),
        function("ledger_in_order", f"NOT EXISTS ({head})", IN_ORDER),
        function("ledger_forward", f"({HEAD_STANDS}) IS NOT TRUE", FORWARD),
        function(
            "ledger_only_emptied",
            f"({EMPTIED} AND NEW.event_id IS NOT DISTINCT FROM OLD.event_id) IS NOT TRUE",
            ONLY_EMPTIED,
        ),
    ]
    for table in KEPT:
        statements.append(trigger("no_delete", "DELETE", table, "ROW", "ledger_never"))
        statements.append(trigger("no_truncate", "TRUNCATE", table, "STATEMENT", "ledger_never"))
    statements += [trigger("no_update", "UPDATE", table, "ROW", "ledger_never") for table in CHAIN]
    statements += [trigger("in_order", "INSERT", table, "ROW", "ledger_in_order") for table in CHAIN]
    statements += [
        trigger("no_update", "UPDATE", "ledger_chainhead", "ROW", "ledger_forward"),
        trigger("no_update", "UPDATE", "ledger_actdetail", "ROW", "ledger_only_emptied"),
    ]
    return statements
