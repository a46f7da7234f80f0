"""The permissions of the account's set-up."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='cataloguepermissions',
            options={'default_permissions': (), 'managed': False, 'permissions': [('manage_webhooks', "May subscribe the dashboard to Piggy's events, pause and end it"), ('view_programme', 'May see the programme: tiers, units, perks, rewards and shops'), ('view_setup', 'May see the set-up: forms, automations, attributes, mail, brand kit, referrals'), ('view_products', 'May see products and categories'), ('change_programme', 'May make and change units and perks'), ('change_reward', 'May change rewards'), ('change_products', 'May find or create, change and delete products and categories'), ('change_attributes', 'May make and change attributes and their groups')]},
        ),
    ]
