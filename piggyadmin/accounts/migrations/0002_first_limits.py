"""The limits a new house begins with. Whoever has set limits already keeps them."""

from django.db import migrations

FIRST = (
    ("award_credits", "desk", 500),
    ("prepaid_cents", "desk", 5_000),
    ("batch_vouchers", "marketing", 5_000),
)


def set_first_limits(apps, schema_editor):
    Limit = apps.get_model("accounts", "Limit")
    for kind, role, amount in FIRST:
        Limit.objects.get_or_create(kind=kind, role=role, shop=None, defaults={"amount": amount})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(set_first_limits, migrations.RunPython.noop)]
