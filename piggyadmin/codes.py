"""How voucher codes and card numbers are shown. Codes are cash: lists, logs and the ledger carry the last four."""


def groups_of_four(code: str) -> str:
    """`code` in groups of four for reading aloud; codes with separators of their own stay as they are."""
    if not code.isalnum() or len(code) <= 6:
        return code
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def spellings(text: str) -> tuple[str, ...]:
    """`text` as typed, then without the blanks that people type because we print codes in groups of four."""
    joined = "".join(text.split())
    return (text,) if joined == text else (text, joined)


def last_four(code: str) -> str:
    """The last four characters, or the last one of a code too short to hide anything."""
    end = code[-4:] if len(code) >= 8 else code[-1:] if len(code) < 5 else code[-2:]
    return end.replace("@", "·")  # the ledger takes "a@b" for an e-mail address, and refuses it


def masked_code(code: str) -> str:
    """`…9QXD`: what those see who need not see the code."""
    return f"…{last_four(code)}"


def masked_email(email: str) -> str:
    """`mo…@mail.example`: enough to recognise, not enough to write to."""
    name, at, host = email.partition("@")
    return f"{name[: 2 if len(name) > 3 else 1]}…{at}{host}"


def masked_phone(phone: str) -> str:
    """`06 ends 118`: the last three digits."""
    digits = "".join(character for character in phone if character.isdigit())
    return f"ends {digits[-3:]}" if digits else ""
