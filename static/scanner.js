// The page that tries a scanner: measure what a scan is like before any rule of ours has judged it.

const form = document.querySelector('[data-scanner-test]');
const { scan, ended, slowest } = form.elements;
const END_MS = 150; // an Enter or Tab this soon after the last character is the scanner's own
const OVER_MS = 400; // so long without a character: the scan is over

let last = 0;
let worst = 0;
let over = 0;

function send(key) {
  clearTimeout(over);
  if (!last || !scan.value) return;
  ended.value = key;
  slowest.value = Math.round(worst);
  last = 0;
  form.requestSubmit();
}

// In the capture phase and before app.js acts: here a scan stays in the field that it was made in.
scan.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const now = event.timeStamp;
  if (event.key.length === 1) {
    if (!last) scan.value = '';
    else worst = Math.max(worst, now - last);
    last = now;
    clearTimeout(over);
    over = setTimeout(send, OVER_MS, '');
  } else if ((event.key === 'Enter' || event.key === 'Tab') && last && now - last <= END_MS) {
    event.preventDefault();
    send(event.key);
  }
});
