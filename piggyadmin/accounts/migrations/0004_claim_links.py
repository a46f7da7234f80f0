"""How many credits one order of claim links may hold, and the limit that a house begins with."""

from django.db import migrations, models


def set_first_limit(apps, schema_editor):
    Limit = apps.get_model("accounts", "Limit")
    first = {"amount": 5_000}
    Limit.objects.get_or_create(kind="claim_link_credits", role="marketing", shop=None, defaults=first)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_award_pause")]

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
                    ("claim_link_credits", "Credits in one order of claim links"),
                ],
                max_length=40,
            ),
        ),
        migrations.RunPython(set_first_limit, migrations.RunPython.noop),
    ]
