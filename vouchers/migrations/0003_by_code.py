"""Whether a number that was scanned is a voucher of ours is asked at every scan of a card."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0002_batches")]
    operations = [
        migrations.AddIndex("knownvoucher", models.Index(fields=["code"], name="known_voucher_by_code")),
        migrations.AddIndex("runvoucher", models.Index(fields=["code"], name="run_voucher_by_code")),
    ]
