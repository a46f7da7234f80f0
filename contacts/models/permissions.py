"""The permissions of all that is done with contacts."""

from django.db import models


class ContactPermissions(models.Model):
    """Contacts live at Piggy, so no table of ours carries their permissions: this unmanaged model does."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_contact", "May open a contact's page"),
            ("see_identity", "May see e-mail addresses and phone numbers in full"),
            ("claim_contact", "May claim an anonymous contact, and verify an e-mail address"),
            ("flag_duplicate", "May flag two contacts as perhaps one person"),
            ("award_credits", "May award credits"),
            ("approve_award", "May approve an award above somebody's limit"),
            ("reverse_award", "May take awards back, whole or in part"),
            ("link_card", "May link, replace and switch off a contact's cards"),
            ("manage_cards", "May unlink, rename and switch on a contact's cards"),
            ("create_contact", "May create contacts"),
            ("edit_contact", "May change a contact's name, phone, birthday, address and language"),
            ("edit_all_attributes", "May change every attribute of a contact that is not read-only"),
            ("manage_subscriptions", "May subscribe and unsubscribe a contact"),
            ("edit_booking", "May make, change and import bookings"),
            ("search_contacts", "May search and list all contacts"),
            ("export_contacts", "May export lists of contacts, with addresses and phone numbers in full"),
            ("review_duplicates", "May review suspected duplicates and say whether they are one person"),
            ("propose_merge", "May propose to merge two contacts"),
            ("approve_merge", "May approve a merge that somebody else proposed"),
            ("propose_deletion", "May propose to delete a contact"),
            ("approve_deletion", "May approve a deletion that somebody else proposed"),
            ("claim_reward", "May claim a reward for a contact, hand it over, and take back an own claim at once"),
            ("reverse_reward", "May take anybody's claim of a reward back"),
            ("top_up_prepaid", "May top up a contact's prepaid balance"),
            ("adjust_prepaid", "May deduct from a prepaid balance, and take prepaid transactions back"),
            ("approve_prepaid", "May approve a top-up above somebody's limit"),
            ("view_transactions", "May list the loyalty transactions of the shops they work in"),
            ("view_all_transactions", "May list the loyalty transactions of every shop"),
            ("view_orders", "May find orders, and see what a purchase would earn"),
            ("view_visits", "May see visits"),
            ("edit_visit", "May make and change visits"),
            ("view_referrals", "May see who brought whom"),
            ("open_portal", "May open portal sessions and the sign-in link for a contact's own phone"),
            ("read_auth_token", "May read a contact's auth token"),
            ("run_automation", "May run an automation for a contact"),
        ]
