"""Splink on the same people, set up as its own example for FEBRL3 is, with the address compared as well."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

EXAMPLE_IS_SMALL = 20_000  # entries up to which one field alone is a blocking rule, as in splink's example


def find(people: Path, into: Path) -> tuple[float, str]:
    """Writes the likely pairs. Answers the seconds, and how they were spent."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    begun = time.perf_counter()
    table = pd.read_csv(people, dtype=str).drop(columns=["who"])
    for column in ("first", "last", "email", "street", "city"):
        table[column] = table[column].str.lower()
    table["local"] = table["email"].str.split("@").str[0]
    table["initial"], table["initial2"] = table["first"].str[:1], table["last"].str[:1]
    known = {column for column in table.columns if table[column].notna().any()}
    loose = len(table) <= EXAMPLE_IS_SMALL
    day = "%Y%m%d" if "-" not in str(table["birthdate"].dropna().iloc[0]) else "%Y-%m-%d"

    comparisons: dict[str, Any] = {
        "first": cl.NameComparison("first").configure(term_frequency_adjustments=True),
        "last": cl.NameComparison("last").configure(term_frequency_adjustments=True),
        "birthdate": cl.DateOfBirthComparison("birthdate", input_is_string=True, datetime_format=day),
        "email": cl.DamerauLevenshteinAtThresholds("email", [2]) if loose else cl.EmailComparison("email"),
        "phone": cl.DamerauLevenshteinAtThresholds("phone", [1]),
        "house": cl.ExactMatch("house").configure(term_frequency_adjustments=True),
        "postcode": cl.DamerauLevenshteinAtThresholds("postcode", [1]),
        "street": cl.JaroWinklerAtThresholds("street", [0.92, 0.8]),
        "city": cl.JaroWinklerAtThresholds("city", [0.92]),
    }
    if loose:
        rules = [("email",), ("first",), ("last",), ("birthdate",), ("postcode",)]
    else:
        rules = [("email",), ("phone",), ("first", "last"), ("initial", "birthdate"), ("initial2", "birthdate")]
        rules += [("local",)]
        rules += [("last", "postcode"), ("first", "postcode"), ("postcode", "house"), ("street", "house")]
    blocking: list[Any] = [block_on(*rule) for rule in rules if known.issuperset(rule)]
    if not loose:
        blocking.append("l.first = r.last and l.last = r.first")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=blocking,
        comparisons=[comparison for column, comparison in comparisons.items() if column in known],
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=None)
    sure = [block_on("first", "last", "birthdate"), *([block_on("email")] if "email" in known else [])]
    train = linker.training
    train.estimate_probability_two_random_records_match(sure, recall=0.7)
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (("first", "last"), ("birthdate",) if loose else ("last", "birthdate"), ("postcode", "house")):
        train.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    trained = time.perf_counter() - begun
    found = linker.inference.predict(threshold_match_probability=0.5)
    found.as_duckdbpyrelation().project("id_l, id_r").write_csv(str(into), header=False)
    whole = time.perf_counter() - begun
    return whole, f"train {trained:.0f} s, predict {whole - trained:.0f} s"
