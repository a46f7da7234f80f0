// What a page looks like to somebody who measures it. Each function answers a list of what is wrong, in words.
(() => {
  const shown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return width > 1 && height > 1 && style.visibility === 'visible' && !element.closest('[inert], [aria-hidden=true]');
  };
  const name = (element) => {
    const words = (element.getAttribute('aria-label') || element.textContent || element.name || '').trim();
    return `${element.localName}${element.className ? `.${String(element.className).replace(/ /g, '.')}` : ''} "${words.replace(/\s+/g, ' ').slice(0, 40)}"`;
  };
  const OPERABLE = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const operable = () => [...document.querySelectorAll(OPERABLE)].filter((element) => shown(element) && !element.disabled && element.tabIndex >= 0);
  // A label that wraps its control is its target; a link within a sentence is let off (WCAG 2.5.8).
  const target = (element) => element.closest('label.pick') ?? element;
  const inSentence = (element) => getComputedStyle(element).display === 'inline'
    && [...element.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && /\w/.test(node.textContent));

  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const SPACED = '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }';

  window.looks = {
    spaced: (isOn) => sheet.replaceSync(isOn ? SPACED : ''),
    direction: (way) => { document.documentElement.dir = way; },

    sideways() {
      const root = document.scrollingElement;
      if (root.scrollWidth <= root.clientWidth) return [];
      const out = [...document.querySelectorAll('main *, header *, aside')].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return shown(element) && (right > root.clientWidth + 1 || left < -1) && !element.closest('.scroll');
      });
      return [`${root.scrollWidth} px in ${root.clientWidth}: ${out.slice(-3).map(name).join(', ')}`];
    },

    small() {
      const least = document.body.classList.contains('desk') ? 44 : 24;
      return operable().filter((element) => !element.matches('.scroll') && !inSentence(element)).flatMap((element) => {
        const { width, height } = target(element).getBoundingClientRect();
        return height < least - 0.5 || width < 23.5 ? [`${name(element)} is ${Math.round(width)} x ${Math.round(height)}`] : [];
      });
    },

    // Forwards and backwards, as the tab key goes: what has the focus shows it, and the bar never covers it.
    unseen() {
      const stops = operable();
      const bad = new Set();
      for (const stop of [...stops, ...stops.slice(0, -1).reverse()]) {
        const room = document.scrollingElement.scrollHeight > innerHeight;
        if (room) scrollBy({ top: stop.getBoundingClientRect().top - 10, behavior: 'instant' }); // where the bar would cover it
        stop.focus();
        if (document.activeElement !== stop) { bad.add(`${name(stop)} takes no focus`); continue; }
        const { outlineStyle, outlineWidth } = getComputedStyle(stop);
        if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) bad.add(`${name(stop)} has no ring`);
        const { left, top, width, height } = stop.getBoundingClientRect();
        const points = [[0.5, 0.5], [0.1, 0.5], [0.5, 0.15], [0.5, 0.85]].map(([x, y]) => [left + x * width, top + y * height]);
        const isOn = ([x, y]) => {
          const there = document.elementFromPoint(x, y);
          return there && (stop.contains(there) || there.contains(stop) && !there.matches('header.top, header.top *') || target(stop).contains(there));
        };
        if (!points.some(isOn)) bad.add(`${name(stop)} is covered`);
      }
      document.activeElement.blur(); // the skip link, shown now, lies over the bar
      scrollTo(0, 0);
      return [...bad];
    },

    primaries() {
      const probe = document.createElement('i');
      probe.style.backgroundColor = 'var(--accent)';
      document.body.append(probe);
      const accent = getComputedStyle(probe).backgroundColor;
      probe.remove();
      const loud = [...document.querySelectorAll('.btn')].filter((button) => shown(button)
        && (getComputedStyle(button).backgroundColor === accent || button.matches('.danger.primary')));
      return loud.length > 1 ? [`${loud.length} primaries: ${loud.map(name).join(', ')}`] : [];
    },

    danger() {
      return [...document.querySelectorAll('.btn.danger[autofocus], .btn.danger:focus')].map((button) => `${name(button)} has the focus`);
    },

    inline() {
      return [...document.querySelectorAll('[style], style, script:not([src])')].map(name).concat(
        [...document.querySelectorAll('*')].filter((element) => [...element.attributes].some(({ name: attribute }) => /^on|^hx-on/.test(attribute))).map(name));
    },

    labels() {
      const fields = document.querySelectorAll('input:not([type=hidden], [aria-hidden=true]), select, textarea');
      return [...fields].filter((field) => !field.labels.length && !field.ariaLabel).map((field) => `${name(field)} has no label`);
    },

    headings: () => (document.querySelector('h1') ? [] : ['no heading of the first level']),
  };
})();
