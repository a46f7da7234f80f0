"""A pause between two awards by one person to one customer, and the one that a house begins with."""

from django.db import migrations, models

FIRST = (
    ("award_pause", "desk", 30),
    ("award_pause", "admin", 30),
)


def set_first_pauses(apps, schema_editor):
    Limit = apps.get_model("accounts", "Limit")
    for kind, role, amount in FIRST:
        Limit.objects.get_or_create(kind=kind, role=role, shop=None, defaults={"amount": amount})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_first_limits")]

    operations = [
        migrations.AlterField(
            model_name="limit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("award_credits", "Credits in one award"),
                    ("prepaid_cents", "Prepaid in one top-up"),
                    ("batch_vouchers", "Vouchers in one batch"),
                    ("award_pause", "Seconds between two awards"),
                ],
                max_length=40,
            ),
        ),
        migrations.RunPython(set_first_pauses, migrations.RunPython.noop),
    ]
