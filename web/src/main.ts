// From the address to a view.
import { show_call } from './call_view.js';
import { show_contact, show_contacts } from './contacts.js';
import { Conversations } from './conversations.js';
import { show_find } from './find.js';
import { show_overview } from './overview.js';
import { empty, show_error } from './notice.js';
import { parse, type Route } from './route.js';
import { aside, build_shell, describe, main, mark_view, search, type View } from './shell.js';
import { show_timeline } from './timeline.js';

build_shell();
let conversations: Conversations | null = null;  // made when it is first shown
let leave = new AbortController();
let shown = '';

// Shows the view; which of them also shows the list of conversations is said by the class of the page.
async function show(route: Route): Promise<void> {
  const [name = '', id] = route.segments;
  leave.abort();
  leave = new AbortController();
  const view: View = { main, signal: leave.signal, parameters: route.parameters, describe };
  const with_list = name === '' || name === 'numbers';
  document.body.className = with_list ? (name ? 'two reading' : 'two') : 'one';
  mark_view(with_list ? '' : name);
  if (document.activeElement !== search) search.value = name === 'find' ? route.parameters.get('q') ?? '' : '';
  const place = [name, id].join('/');
  // A view that only narrows what it showed is filled in place, so that nothing flickers.
  if (place !== shown) {
    main.replaceChildren();
    main.scrollTop = 0;
  }
  main.dataset.view = name || 'start';
  shown = place;
  if (with_list) {
    conversations ??= new Conversations(aside);
    conversations.select(id ?? null);
  }
  main.setAttribute('aria-busy', 'true');
  try {
    if (name === '') show_start(view);
    else if (name === 'numbers' && id) await show_timeline(view, id);
    else if (name === 'calls' && id) await show_call(view, id);
    else if (name === 'find') await show_find(view);
    else if (name === 'overview') await show_overview(view);
    else if (name === 'contacts' && id) await show_contact(view, id);
    else if (name === 'contacts') await show_contacts(view);
    else main.replaceChildren(empty('Page not found', 'There is no view with this address.'));
  } catch (error) {
    if (view.signal.aborted) return;
    const place_of_error = document.createElement('div');
    main.replaceChildren(place_of_error);
    show_error(place_of_error, error, () => void show(route));
  } finally {
    if (!view.signal.aborted) main.removeAttribute('aria-busy');
  }
}

function show_start(view: View): void {
  view.describe('', '/v1/calls', '/v1/messages');
  view.main.replaceChildren(empty('Choose a conversation', 'Or press / to search everything that was said and written.'));
}

addEventListener('hashchange', () => void show(parse(location.hash)));
void show(parse(location.hash));
