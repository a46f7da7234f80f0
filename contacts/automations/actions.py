"""Running an automation for a customer, as the ledger tells it. No call lists runs: only a person can settle one."""

from piggyadmin.ledger.actions import Action, Words, register

RUN = register(
    Action(
        name="contact.run_automation",
        permission="contacts.run_automation",
        words=Words(
            do="Run an automation",
            done="Started the automation “{automation}” for this customer.",
            refused="The automation “{automation}” was not started.",
            unknown="We do not know whether the automation “{automation}” was started. Do not start it again.",
            settle_question="Was the automation “{automation}” started for this customer?",
            what="{automation}",
        ),
        needs_shop=False,
        may_come_late=90,  # a question comes before it
    )
)
