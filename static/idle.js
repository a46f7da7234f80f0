// The idle lock as the page sees it. The server locks by itself; this hides the page before somebody else reads it,
// keeps what was typed under a dialog that asks for the password, and does so in every tab at once.

const { body } = document;
const limit = Number(body.dataset.idle) * 1000; // ms without anybody's doing
const lockPage = document.querySelector('[data-lock-page]');
const tabs = new BroadcastChannel('idle');
const headers = {
  ...JSON.parse(body.getAttribute('hx-headers') ?? '{}'), // the forms' token
  'HX-Request': 'true',
  'HX-Current-URL': location.href,
};

let seen = Date.now(); // when somebody last did something, in any tab
let told = Date.now(); // when the server last heard of it
let locked = false;
let title = '';
let dialog = null;
let warning = null;

/* ---- somebody is there, or not ------------------------------------------------------------------------------ */
function someoneIsThere() {
  const now = Date.now();
  if (locked || now - seen >= limit) return check(); // back from sleep: too late to have been there all the time
  if (now - seen > 1000) tabs.postMessage({ seen: now });
  seen = now;
  unwarn();
  if (now - told > limit / 4) stay(now); // typing sends nothing, and the server must not lock a busy person out
}

async function stay(now) {
  told = now;
  tabs.postMessage({ seen: now, told: now });
  const answer = await ask('/lock/stay/', { method: 'POST' });
  if (answer?.headers.get('HX-Trigger') === 'session-locked') lock();
}

function check() {
  const idle = Date.now() - seen;
  if (locked) return;
  if (idle >= limit) lock();
  else if (idle >= Math.max(limit - 60_000, limit / 2)) warn();
  else unwarn();
}

function warn() {
  if (warning) return;
  warning = document.createElement('div');
  warning.className = 'toasts';
  const left = Math.round(Math.min(60_000, limit / 2) / 1000);
  warning.innerHTML = `<div class="notice toast" role="alert"><span></span><div><h3>This page locks in ${left} seconds</h3>
    <p>What you typed stays. Press any key to go on.</p><p class="acts"><button class="btn" type="button">I am here</button></p></div></div>`;
  body.append(warning);
}

function unwarn() {
  warning?.remove();
  warning = null;
}

/* ---- locked and open again ---------------------------------------------------------------------------------- */
function hide(isHidden) {
  for (const element of body.children) {
    if (element !== dialog) element.style.visibility = isHidden ? 'hidden' : '';
  }
  if (isHidden) title = document.title; // it may hold a customer's name
  document.title = isHidden ? 'Locked | piggyadmin' : title;
}

function lock({ tell = true } = {}) {
  if (locked) return;
  locked = true;
  unwarn();
  dialog = document.createElement('dialog');
  dialog.className = 'lock narrow stack';
  dialog.setAttribute('aria-label', 'Locked');
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.addEventListener('close', () => locked && dialog.showModal()); // a second Escape closes in some browsers
  dialog.addEventListener('submit', (event) => event.target.matches('[data-lock-form]') && open(event));
  dialog.addEventListener('click', (event) => event.target.matches('[data-again]') && fill());
  body.append(dialog);
  hide(true);
  dialog.showModal();
  if (tell) {
    tabs.postMessage({ locked: true });
    ask('/lock/now/', { method: 'POST', keepalive: true }).then(fill);
  } else fill();
}

async function fill() {
  show(await ask('/lock/', {}));
}

async function show(answer) {
  if (answer && (answer.ok || [422, 429].includes(answer.status))) {
    dialog.innerHTML = await answer.text();
    const name = dialog.querySelector('[data-lock-name]')?.textContent;
    const shown = document.querySelector('.who strong')?.textContent;
    if (name && shown && name.trim() !== shown.trim()) return location.assign('/'); // somebody else signed in meanwhile
    if (answer.status === 429) dialog.insertAdjacentHTML('beforeend', again('Try again'));
    dialog.querySelector('input[type=password]')?.focus();
  } else dialog.innerHTML = `<p>The dashboard did not answer. What you typed is still here.</p>${again('Try again')}`;
}

const again = (words) => `<p class="acts"><button class="btn" type="button" data-again>${words}</button></p>`;

async function open(event) {
  event.preventDefault();
  const button = event.target.querySelector('.primary');
  if (button.getAttribute('aria-busy')) return;
  button.setAttribute('aria-busy', 'true');
  const answer = await ask('/lock/', { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
  if (answer?.status === 204) {
    tabs.postMessage({ locked: false });
    unlock();
  } else await show(answer);
}

function unlock() {
  if (!locked) return;
  locked = false;
  seen = told = Date.now();
  dialog.close();
  dialog.remove();
  hide(false);
}

async function ask(path, options) {
  try {
    const answer = await fetch(path, { ...options, headers });
    const elsewhere = answer.headers.get('HX-Redirect');
    if (elsewhere && locked) location.assign(elsewhere); // the session is over: sign in again
    return elsewhere ? null : answer;
  } catch {
    return null; // no line: the server will ask when it is back
  }
}

/* ---- what tells us ------------------------------------------------------------------------------------------ */
if (lockPage) {
  tabs.addEventListener('message', ({ data }) => {
    if (data.locked === false) location.assign(lockPage.querySelector('[name=next]').value);
  });
} else if (limit > 0) {
  for (const kind of ['keydown', 'pointerdown', 'wheel', 'touchstart']) {
    window.addEventListener(kind, someoneIsThere, { capture: true, passive: true });
  }
  // While locked no key reaches the page: no shortcut, no scan, and no Escape that closes the dialog.
  window.addEventListener('keydown', (event) => {
    if (!locked) return;
    event.stopImmediatePropagation();
    if (event.key === 'Escape') event.preventDefault();
  }, { capture: true });
  tabs.addEventListener('message', ({ data }) => {
    if (data.seen) seen = Math.max(seen, data.seen);
    if (data.told) told = Math.max(told, data.told);
    if (data.locked === true) lock({ tell: false });
    if (data.locked === false) unlock();
  });
  body.addEventListener('session-locked', () => lock({ tell: false }));
  for (const kind of ['visibilitychange', 'focus', 'pageshow']) window.addEventListener(kind, check, { capture: true });
  setInterval(check, 1000);
  tabs.postMessage({ seen, told }); // a page that was just opened is somebody's doing
}
