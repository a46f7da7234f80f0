// Keys, the scanner and the lost connection. Every page works without this file; with it, without a mouse.

const FAST = Number(document.body.dataset.scanGap) || 35; // ms between two characters: a scanner, never a hand
const PREFIX = document.body.dataset.scanPrefix ?? ''; // what this computer's scanner sends before every code
const MACHINE_ENTER = FAST + 25; // ms: an Enter this soon after a character ends a scan and presses nothing
const SILENCE = FAST + 45; // ms after which a scan without an Enter is over
const CALM = 600; // ms after the last character, or the end of a scan, before Enter or Space presses a button again
const SLOWEST = 200; // ms between two characters of the slowest scanner; a hand on single keys is slower
const SHORTEST = 6; // characters; less is an incomplete scan
const TWICE = 2000; // ms in which the same code is one pull of the trigger, read twice
const LEAVING = 2000; // ms in which the next page usually comes: letters typed meanwhile are meant for that one
const READ_FIRST = 400; // ms: the second half of a double click presses nothing that has just come under the finger
const TEXT = 'input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]';

const body = document.body;
const isText = (element) => element instanceof Element && element.matches(TEXT);
const visible = (element) => element && element.getClientRects().length > 0 && !element.disabled;

const isFilledIn = () => [...document.querySelectorAll('main form :is(input, textarea)')].some(
  (field) => visible(field) && field.value !== field.defaultValue);

/* ---- the scanner: a burst of keys, wherever the focus is -------------------------------------------------- */
let burst = null; // {text, last, field, before}
let lastScan = { text: '', at: -TWICE };
let silence = 0;

function noteKey(key, now, target) {
  if (burst && now - burst.last <= FAST) {
    burst.text += key;
    burst.last = now;
    return;
  }
  const field = isText(target) ? target : null;
  burst = { text: key, last: now, field, before: field && 'value' in field ? field.value : '' };
}

// What came of an act must be seen before anything else is shown.
const isWriting = () => document.querySelector('form[data-write].htmx-request') !== null;

let hushed = 0;
function say(words) {
  const toast = document.createElement('p');
  toast.className = 'notice toast';
  toast.textContent = words;
  document.getElementById('scan-note')?.replaceChildren(...(words ? [toast] : []));
  clearTimeout(hushed);
  if (words) hushed = setTimeout(say, 8000, '');
}

// Where a scan goes: the field it was made in if that takes scans, else the one that asks, else the page's own, else the box.
function landing(field) {
  const takers = [...document.querySelectorAll('[data-scan="here"]')].filter((input) => visible(input) && input.form);
  if (takers.includes(field)) return field;
  return takers.find((input) => 'scanNow' in input.dataset) ?? takers.find((input) => !('box' in input.dataset)) ?? takers[0];
}

function deliver({ text: sent, field, before }, input, now) {
  const text = PREFIX && sent.startsWith(PREFIX) ? sent.slice(PREFIX.length) : sent;
  if (field && field !== input) field.value = before; // what was typed there stays
  if (isWriting()) {
    say('Wait for the answer, then scan again.');
    return;
  }
  if (text === lastScan.text && now - lastScan.at < TWICE) return;
  lastScan = { text, at: now };
  input.value = text;
  say('');
  input.form.requestSubmit();
}

function endBurst(event) {
  const done = burst;
  burst = null;
  clearTimeout(silence);
  if (!done || done.text.length < 2) return false;
  // A password manager types as fast as a scanner, the scanner's own page wants it raw, and where nothing takes a scan
  // there is none.
  if (done.field?.matches('[type=password], [autocomplete=one-time-code], [data-scan=raw]')) return false;
  const input = landing(done.field);
  if (!input) return false;
  if (done.text.length < SHORTEST) {
    if (done.field) return false; // quick typing in a field: let it be
    event?.preventDefault();
    say('The scan was incomplete. Scan once more.');
    return true;
  }
  event?.preventDefault();
  deliver(done, input, done.last);
  return true;
}

// A hand presses one key, or types into a field; three keys in a row elsewhere are a scanner, however slow.
let run = 0;
let lastKey = -SLOWEST;
function noteStir(event, now) {
  if (event.key === ' ' || isText(event.target)) return;
  run = now - lastKey <= SLOWEST ? run + 1 : 1;
  lastKey = now;
  if (run >= 3) stirred = now;
}

// Whatever a scanner sends after a code (Enter twice, Tab and Enter, a late Enter), it presses no button: a button is
// pressed by a hand, and a hand takes longer.
let stirred = -CALM;
function pressesNothing(event, now) {
  const presses = event.key === 'Enter' || event.key === ' ';
  if (!presses || isText(event.target) || now - stirred >= CALM) return false;
  stirred = now;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}
document.addEventListener('keyup', (event) => {
  // A button is pressed by Space when the key comes up.
  if (event.key === ' ' && !isText(event.target) && event.timeStamp - stirred < CALM) event.preventDefault();
}, true);

document.addEventListener('keydown', (event) => {
  const now = event.timeStamp; // when the key was pressed: a busy page may hear of it late
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key.length === 1) {
    if (event.repeat) burst = null; // a key held down repeats as fast as a scanner types
    else noteKey(event.key, now, event.target);
    if (pressesNothing(event, now)) return;
    noteStir(event, now);
    if (burst?.text.length > 1 && !burst.field) event.preventDefault(); // a space in a scan presses no button
    clearTimeout(silence);
    silence = setTimeout(() => burst && burst.text.length >= SHORTEST ? endBurst() : (burst = null), SILENCE);
  } else if ((event.key === 'Enter' || event.key === 'Tab') && burst && now - burst.last <= MACHINE_ENTER) {
    if (endBurst(event)) {
      stirred = now;
      event.stopImmediatePropagation();
    } else {
      stirred = now; // no hand is this quick, whatever came before
      pressesNothing(event, now);
    }
  } else if (pressesNothing(event, now)) {
    // nothing more to do: it was part of a scan
  } else if (event.key === 'Enter' && event.repeat) {
    event.preventDefault(); // a key held down is not a second decision
  }
}, true);

/* ---- keys for hands ---------------------------------------------------------------------------------------- */
let leading = 0; // until when a `g` waits for its second key

function focusBox() {
  const box = document.querySelector('[data-box]');
  if (!box) return;
  box.focus();
  box.select();
}

function press(selector, seen = visible) {
  const element = [...document.querySelectorAll(selector)].find(seen);
  if (!element) return false;
  element.click();
  return true;
}

/* Rows: `h`, j and k (or the arrows) move a mark, which is the focus; a letter then means the marked row. */
const markedRow = () => document.activeElement?.closest?.('[data-row]') ?? null;

function mark(step) {
  const rows = [...document.querySelectorAll('[data-row]')].filter(visible);
  const at = rows.indexOf(markedRow());
  const row = at < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[at + step];
  row?.focus();
  return Boolean(row);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-marks]');
  const rows = link && document.getElementById(link.dataset.marks);
  const row = rows?.querySelector('[data-row]:has([data-row-key])') ?? rows?.querySelector('[data-row]');
  if (!row) return;
  event.preventDefault();
  row.focus();
});

function inRow(key) {
  const act = markedRow()?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  if (!visible(act)) return false;
  act.click();
  return true;
}

function letter(key, now) {
  if (now < leading) {
    leading = 0;
    press(`a[data-keys="g ${CSS.escape(key)}"]`, () => true); // also while the narrow menu is shut
  } else if (key === 'g') leading = now + 1000;
  else if (key === '/') focusBox();
  else if (inRow(key) || press(`[data-key="${CSS.escape(key)}"]`, (element) => visible(element) || element.dataset.dialog)) return;
  else if (key === 'j') mark(1);
  else if (key === 'k') mark(-1);
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    focusBox();
  } else if (event.altKey && /^Digit[1-8]$/.test(event.code)) {
    const number = event.code.slice(-1);
    if (!body.dataset.last) return;
    event.preventDefault();
    if (!press(`[data-key="Alt ${number}"]`)) location.assign(body.dataset.last.replace('1', number));
  } else if (event.key === 'Escape' && !document.querySelector('dialog[open]')) {
    if (document.querySelector('.side:popover-open')) return;
    // Where no button is meant, it leads back; but not away from what was typed.
    if (press('[data-key="Escape"]') || (!isFilledIn() && press('.crumb a'))) event.preventDefault();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && markedRow() === event.target) {
    if (mark(event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.form?.matches('[data-save]')) {
    event.preventDefault();
    event.target.form.requestSubmit();
  } else if (event.key === 'Enter' && markedRow() === event.target) {
    const open = event.target.querySelector('a.row, a[href]');
    if (open) open.click();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
    if (body.dataset.keys === 'off' || isText(event.target) || document.querySelector('dialog[open]')) return;
    if (performance.now() - left < LEAVING) return;
    if (event.key === '/') event.preventDefault();
    const { key } = event;
    const begun = burst;
    // A scan begins like a key: wait until it is sure that no burst followed.
    if (begun) setTimeout(() => begun.text.length < 2 && letter(key, performance.now()), FAST + 10);
  }
});

/* ---- htmx: say so when nothing comes back, and take the old answer away ------------------------------------- */
const isPolling = (element) => element.matches('[data-polling]');
const asked = new WeakMap(); // where an answer will stand: the last request for it
const isUnderWay = (xhr) => xhr !== undefined && xhr.readyState > 0 && xhr.readyState < 4;
let swapped = -READ_FIRST;

body.addEventListener('htmx:beforeRequest', (event) => {
  const { elt, target, xhr } = event.detail;
  if (isPolling(elt) && isUnderWay(asked.get(target))) event.preventDefault(); // a person's own question goes first
  else asked.set(target, xhr);
});
// What a part says, without the moment it was read.
const wordsOf = (part) => {
  const copy = part.cloneNode(true);
  for (const moment of copy.querySelectorAll('.fresh')) moment.remove();
  return copy.textContent.replace(/\s+/g, ' ').trim();
};
const isNewest = ({ target, xhr }) => asked.get(target) === xhr;
/* What stands above a form since the last try. */
const untell = (target) => target.querySelector(':scope > [data-no-answer]')?.remove();
// What was typed stays, with its form: sent again it is the same act. What another form asked for goes.
const keepsTyped = (elt, target) =>
  (target.contains(elt) || target.matches('[data-keeps]')) && [...target.querySelectorAll(TEXT)].some(visible);
body.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (!isNewest(detail)) detail.shouldSwap = false; // an answer to an older question came late
  else if (isPolling(detail.requestConfig.elt)) {
    // Nothing new, or no answer this time: what stands there still holds, and is not read out again.
    const answer = new DOMParser().parseFromString(detail.serverResponse, 'text/html').body;
    const chosen = detail.requestConfig.elt.getAttribute('hx-select'); // a part of an answer that is a whole page
    const told = (chosen && answer.querySelector(chosen)) || answer;
    if (detail.xhr.status >= 400 || wordsOf(told) === wordsOf(detail.target)) detail.shouldSwap = false;
    else stoodOn = standing();
  } else if (detail.xhr.status >= 400 && keepsTyped(detail.requestConfig.elt, detail.target)) {
    const answer = new DOMParser().parseFromString(detail.serverResponse, 'text/html').body;
    if (!answer.querySelector(':scope > [data-no-answer]')) return; // the form itself, with what is wrong with it
    answer.querySelector('[data-open-again]')?.remove(); // the page opened anew would have none of what was typed
    detail.serverResponse = answer.innerHTML;
    detail.swapOverride = 'afterbegin show:top';
    untell(detail.target);
  }
});
const noAnswer = ({ detail: { elt, target, xhr } }) => {
  const template = document.getElementById('no-connection');
  if (!template || !isNewest({ target, xhr }) || isPolling(elt)) return;
  const told = template.content.cloneNode(true).firstElementChild;
  if (keepsTyped(elt, target)) {
    untell(target);
    told.querySelector('.acts').remove();
    target.prepend(told);
  } else target.replaceChildren(told);
  if (isNowhere()) goOn(told);
  told.scrollIntoView({ block: 'nearest' }); // the button may stand at the end of a long form
};
body.addEventListener('htmx:sendError', noAnswer);
body.addEventListener('htmx:timeout', noAnswer);
document.addEventListener('submit', (event) => {
  if (!isWriting()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say('Wait for the answer first.');
}, true);
body.addEventListener('htmx:afterSwap', ({ detail }) => {
  // An answer that says "go on" to what is typed holds nobody up who presses Enter in that very moment.
  if (!detail.target.querySelector(':scope > [data-go-on]:only-child')) swapped = performance.now();
});
document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-careful]') || performance.now() - swapped >= READ_FIRST) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Enter in a field is no second half of a double click: whoever pressed it would wait for something.
  if (event.detail === 0 && isText(document.activeElement)) say('Something new is on the page. Read it, then press Enter again.');
}, true);
// Whoever has gone on to another page is not led back by the answer to what they pressed before.
let left = -LEAVING;
const leftBehind = new WeakSet(); // requests that were under way when the page was left
const underWay = new Set();
body.addEventListener('htmx:beforeSend', ({ detail }) => underWay.add(detail.xhr));
body.addEventListener('htmx:afterRequest', ({ detail }) => underWay.delete(detail.xhr));
window.addEventListener('beforeunload', () => {
  left = performance.now();
  for (const xhr of underWay) leftBehind.add(xhr);
});
body.addEventListener('htmx:beforeOnLoad', (event) => {
  const { xhr } = event.detail;
  if (leftBehind.has(xhr) && xhr.getResponseHeader('HX-Redirect')) event.preventDefault();
});
// Polling is not a person at work: the idle lock must not count it.
body.addEventListener('htmx:configRequest', (event) => {
  if (isPolling(event.detail.elt)) event.detail.headers['X-Polling'] = '1';
});
body.addEventListener('htmx:beforeRequest', (event) => event.detail.elt.querySelector?.('.btn.primary')?.setAttribute('aria-busy', 'true'));
body.addEventListener('htmx:afterRequest', (event) => event.detail.elt.querySelector?.('.btn.primary')?.removeAttribute('aria-busy'));

/* ---- where the keys go on: the first field with an error, else what the answer says -------------------------- */
const wrongIn = (part) => [...part.querySelectorAll('[aria-invalid=true]')].find(visible);
const isNowhere = () => document.activeElement === null || document.activeElement === body;
const goOn = (element) => {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
};
const toldIn = (part) => part.querySelector('[role=alert], [role=status], h1, h2') ?? part;
// A page that asks by itself takes nobody off the button they stand on: what does the same has the focus afterwards.
let stoodOn = null; // {element, likeness, nth}
const KEYED = 'a[href], button, input, select, textarea, summary, [tabindex]';
const likenessOf = (element) => {
  const { form } = element;
  const sent = ['step', 'approval'].map((name) => form?.querySelector(`[name=${name}]`)?.value); // one of several alike
  return [element.tagName, ...['href', 'name', 'value'].map((name) => element.getAttribute(name)), form?.getAttribute('action'), ...sent].join('\n');
};
const alike = (likeness) => [...document.querySelectorAll(KEYED)].filter((each) => visible(each) && likenessOf(each) === likeness);
function standing() {
  const element = document.activeElement;
  if (isNowhere()) return null;
  const likeness = likenessOf(element);
  return { element, likeness, nth: alike(likeness).indexOf(element) };
}
function standAgain(part) {
  const { element, likeness, nth } = stoodOn ?? {};
  stoodOn = null;
  if (element && !element.isConnected && isNowhere()) goOn(alike(likeness)[nth] ?? toldIn(part));
}
// A page with an error begins there. Whatever asks for the focus by itself comes later, and then leaves it alone.
const beginAtError = () => wrongIn(document.getElementById('main') ?? body)?.focus();
beginAtError();
// An address with a "#" moves the focus to that part once more when the page is loaded.
if (location.hash) window.addEventListener('load', () => isNowhere() && beginAtError());
body.addEventListener('htmx:afterSettle', ({ detail: { target, requestConfig } }) => {
  const part = target?.isConnected ? target : document.getElementById(target?.id ?? '');
  if (!part) return;
  if (isPolling(requestConfig.elt)) {
    standAgain(part);
    return;
  }
  const wasSent = requestConfig.triggeringEvent?.type === 'submit'; // not while somebody types
  const wrong = wasSent && (isNowhere() || part.contains(document.activeElement)) && wrongIn(part);
  if (wrong) wrong.focus();
  // The button that was pressed is gone: the keys go on from the answer, not from the top of the page.
  else if (wasSent && isNowhere()) goOn(toldIn(part));
});

/* ---- `?`: the keys, over the page one is on, so that nothing typed is lost ------------------------------------- */
document.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-dialog]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.getElementById(link.dataset.dialog);
  try {
    const answer = await fetch(link.href, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok || answer.redirected || answer.headers.has('HX-Redirect')) throw new Error('not to be had');
    dialog.querySelector('div').innerHTML = await answer.text();
    dialog.showModal();
  } catch {
    location.assign(link.href);
  }
});

/* ---- small things a server cannot do ----------------------------------------------------------------------- */
document.addEventListener('click', (event) => event.target.closest('[data-print]') && window.print());
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    say('Copied.');
  });
}
// The back button may bring a page from the browser's memory: what it says about money is old.
window.addEventListener('pageshow', (event) => event.persisted && location.reload());
