from django import forms


class CsvForm(forms.Form):
    separator = forms.ChoiceField(
        label="Between the columns",
        choices=[(",", "comma"), (";", "semicolon")],
        initial=",",
        help_text="A spreadsheet set to Dutch or German expects a semicolon.",
    )
