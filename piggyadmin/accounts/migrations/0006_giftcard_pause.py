"""A pause between two top-ups of one gift card by one person, and the one that a house begins with."""

from django.db import migrations, models

FIRST = (
    ("giftcard_pause", "desk", 30),
    ("giftcard_pause", "admin", 30),
)


def set_first_pauses(apps, schema_editor):
    Limit = apps.get_model("accounts", "Limit")
    for kind, role, amount in FIRST:
        Limit.objects.get_or_create(kind=kind, role=role, shop=None, defaults={"amount": amount})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_prepaid_pause")]

    operations = [
        migrations.AlterField(
            model_name="limit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("award_credits", "Credits in one award"),
                    ("award_pause", "Seconds between two awards"),
                    ("prepaid_cents", "Prepaid in one top-up"),
                    ("prepaid_pause", "Seconds between two prepaid top-ups"),
                    ("giftcard_pause", "Seconds between two gift card top-ups"),
                    ("batch_vouchers", "Vouchers in one batch"),
                    ("claim_link_credits", "Credits in one order of claim links"),
                ],
                max_length=40,
            ),
        ),
        migrations.RunPython(set_first_pauses, migrations.RunPython.noop),
    ]
