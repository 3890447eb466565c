// The round mark of a person: initials on a tint of their own.
import { h, icon } from './dom.js';
import { initials, tint } from './party.js';

export function avatar(name: string | null, number: string | null): HTMLElement {
  const letters = initials(name);
  return h('span', { class: `avatar tint-${tint(number ?? name ?? '')}`, 'aria-hidden': 'true' }, letters || icon('person'));
}
