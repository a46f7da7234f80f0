// The rows under the one box: asked for when the typing pauses, moved through with the arrows, opened with Enter.

const box = document.querySelector('[data-suggest]');
const popup = document.getElementById('q-rows');
const said = document.getElementById('q-said');
// Longer than the silence after which app.js takes keys for a scan: a scan is sent, never searched for.
const PAUSE = Math.max(120, (Number(document.body.dataset.scanGap) || 35) + 60); // ms

let timer = 0;
let active = -1;

const answer = () => popup.firstElementChild;
// An answer counts only for the very text that stands in the box now.
const isCurrent = () => answer()?.dataset.for === box.value;
const options = () => (isCurrent() ? [...popup.querySelectorAll('[role=option]')] : []);

function hide() {
  popup.hidden = true;
  point(-1);
  box.setAttribute('aria-expanded', 'false');
  box.removeAttribute('aria-controls');
}

// Nothing is wanted any more, whatever was asked.
function close() {
  clearTimeout(timer);
  htmx.trigger(box, 'htmx:abort');
  hide();
}

function point(to) {
  active = to;
  const rows = [...popup.querySelectorAll('[role=option]')];
  rows.forEach((row, at) => row.setAttribute('aria-selected', String(at === to)));
  if (rows[to]) {
    box.setAttribute('aria-activedescendant', rows[to].id);
    rows[to].scrollIntoView({ block: 'nearest' });
  } else box.removeAttribute('aria-activedescendant');
}

function show() {
  if (!isCurrent() || document.activeElement !== box) {
    hide(); // the answer to what stands there now is still to come
    return;
  }
  popup.hidden = false;
  said.textContent = answer().dataset.said;
  const rows = options();
  box.setAttribute('aria-expanded', String(rows.length > 0));
  if (rows.length) box.setAttribute('aria-controls', 'q-options');
  point('first' in answer().dataset ? 0 : -1);
}

box.addEventListener('input', () => {
  clearTimeout(timer);
  point(-1);
  if (!box.value.trim()) close();
  else timer = setTimeout(() => htmx.trigger(box, 'suggest'), PAUSE);
});
popup.addEventListener('htmx:afterSwap', show);
box.form.addEventListener('submit', close);
box.form.addEventListener('focusout', (event) => box.form.contains(event.relatedTarget) || close());

box.addEventListener('keydown', (event) => {
  if (popup.hidden || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = options();
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (!rows.length) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    point(active < 0 ? (step > 0 ? 0 : rows.length - 1) : (active + step + rows.length) % rows.length);
  } else if (event.key === 'Enter' && rows[active]) {
    event.preventDefault();
    rows[active].click();
  } else if (event.key === 'Escape') {
    event.preventDefault();
    close();
  }
});
popup.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  box.focus();
  close();
});
