from django import forms

from piggyadmin.typed import NotReadable, clean


class BoxForm(forms.Form):
    """Anything typed, pasted or scanned. It is cleaned here, so that what no code can be never reaches Piggy."""

    # Longer than anything real: a paste gone wrong is refused with words, not cut off silently.
    q = forms.CharField(label="Card, phone, e-mail or voucher", required=False, strip=False, max_length=100_000)

    def clean_q(self) -> str:
        try:
            return clean(self.cleaned_data["q"])
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error
