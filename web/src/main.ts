// From the address to a view.
import { follow, on_changes } from './changes.js';
import { show_call, show_message } from './call_view.js';
import { show_contact, show_contacts } from './contacts.js';
import { Conversations } from './conversations.js';
import { forget_results, show_find } from './find.js';
import { kLanguage, t } from './i18n.js';
import { on_line } from './line_names.js';
import { forget_all } from './names.js';
import { show_overview } from './overview.js';
import { empty, show_error } from './notice.js';
import { parse, type Route } from './route.js';
import { show_theme } from './settings.js';
import { announce, aside, build_shell, describe, main, mark_view, show_query, take_first_row_wish, type View } from './shell.js';
import { skeleton } from './skeleton.js';
import { keep_sound, show_dock } from './sound.js';
import { show_start } from './start.js';
import { show_person, show_timeline } from './timeline.js';

document.documentElement.lang = kLanguage;
show_theme();
build_shell();
let conversations: Conversations | null = null;  // made when it is first shown
let leave = new AbortController();
let shown: string | null = null;

// Shows the view; which of them also shows the list of conversations is said by the class of the page.
async function show(route: Route): Promise<void> {
  const [name = '', id] = route.segments;
  leave.abort();
  leave = new AbortController();
  const view: View = { main, signal: leave.signal, parameters: route.parameters, describe, select: (number) => conversations?.select(number) };
  const with_list = name === '' || name === 'numbers' || name === 'people';
  document.body.className = with_list ? (name ? 'two reading' : 'two') : 'one';
  mark_view(with_list ? '' : name);
  // A view that was opened from a search still shows what was searched for.
  show_query(name === 'find' ? route.parameters.get('q') ?? '' : new URLSearchParams(route.parameters.get('from') ?? '').get('q') ?? '');
  const place = [name, id].join('/');
  const is_new = place !== shown;
  const is_first = shown === null;
  // A view that only narrows what it showed is filled in place, so that nothing flickers.
  if (is_new) {
    keep_sound();
    main.replaceChildren();
    main.scrollTop = 0;
    describe('');
  }
  main.dataset.view = name || 'start';
  shown = place;
  if (with_list) {
    conversations ??= new Conversations(aside);
    conversations.select(name === 'numbers' ? id ?? null : null);
  }
  main.setAttribute('aria-busy', 'true');
  const waiting = skeleton(main, view.signal);
  try {
    if (name === '') await show_start(view);
    else if (name === 'numbers' && id) await show_timeline(view, id);
    else if (name === 'people' && id) await show_person(view, id);
    else if (name === 'calls' && id) await show_call(view, id);
    else if (name === 'messages' && id) await show_message(view, id);
    else if (name === 'find') await show_find(view);
    else if (name === 'overview') await show_overview(view);
    else if (name === 'contacts' && id) await show_contact(view, id);
    else if (name === 'contacts') await show_contacts(view);
    else {
      describe(t('Page not found'));
      main.replaceChildren(empty(t('Page not found'), t('There is no view with this address.')));
    }
  } catch (error) {
    if (view.signal.aborted) return;
    describe(t('Error'));
    const place_of_error = document.createElement('div');
    const title = document.createElement('h1');
    title.className = 'unseen';
    title.tabIndex = -1;
    title.textContent = t('Error');
    main.replaceChildren(title, place_of_error);
    show_error(place_of_error, error, () => void show(route));
  } finally {
    waiting.end();
    if (!view.signal.aborted) {
      main.removeAttribute('aria-busy');
      show_dock();
      if (is_new && !is_first) arrive(name);
      if (take_first_row_wish()) main.querySelector<HTMLElement>('.row')?.focus();
    }
  }
}

// The focus goes to the heading of the new view, unless the view or the reader put it somewhere; and its title is read out.
function arrive(name: string): void {
  announce(document.title);
  const focused = document.activeElement;
  if (name && (focused === document.body || aside.contains(focused) || focused === main)) {
    main.querySelector<HTMLElement>('h1[tabindex]')?.focus({ preventScroll: true });
  }
}

addEventListener('hashchange', () => void show(parse(location.hash)));
on_line(() => void show(parse(location.hash)));
on_changes((changes, whole) => {
  if (changes.some(({ kind }) => kind === 'contact')) forget_all();
  if (!whole) return;
  forget_results();
  location.reload();
});
void follow().then(() => show(parse(location.hash)));
