"""The text index over the copy, and the words that a slip is compared with."""

from django.db import migrations, models

from contacts.search import index


def create(apps, schema_editor):
    index.of(schema_editor.connection.vendor).create(schema_editor.connection)


def drop(apps, schema_editor):
    index.of(schema_editor.connection.vendor).drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_know_every_contact")]
    operations = [
        migrations.CreateModel(
            name="NamePiece",
            fields=[("piece", models.CharField(max_length=32, primary_key=True, serialize=False))],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex(
            "contactcopy", models.Index(fields=["tier_uuid", "-created_at", "-id"], name="copy_by_tier")
        ),
        migrations.AddIndex(
            "contactcopy",
            models.Index(
                fields=["-created_at", "-id"], condition=models.Q(is_anonymous=True), name="copy_anonymous_by_age"
            ),
        ),
        migrations.RunPython(create, drop),
    ]
