"""The database refuses to change the ledger from here on, and the chain has its head."""

from django.db import migrations

from piggyadmin.ledger import triggers


def create(apps, schema_editor):
    apps.get_model("ledger", "ChainHead").objects.using(schema_editor.connection.alias).get_or_create(pk=1)
    triggers.create(schema_editor.connection)


def drop(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
