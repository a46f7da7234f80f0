from django.db import migrations, models


class Migration(migrations.Migration):
    """One act may redeem a voucher several times at once: a row for each."""

    dependencies = [("vouchers", "0005_claim_links")]

    operations = [
        migrations.AlterField(
            model_name="knownredemption",
            name="act_id",
            field=models.UUIDField(db_index=True),
        ),
    ]
