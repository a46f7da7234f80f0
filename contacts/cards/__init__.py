"""Link, replace, rename and switch a contact's cards."""
