// The address bar holds what is shown: #/segment/segment?name=value.

export interface Route { segments: string[]; parameters: URLSearchParams }

export function parse(hash: string): Route {
  const [left = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const segments = left.split('/').filter(Boolean).map((segment) => {
    try { return decodeURIComponent(segment); } catch { return segment; }
  });
  return { segments, parameters: new URLSearchParams(query) };
}

// A link to a view; absent and empty parameters are left out.
export function link(segments: string[], parameters: Record<string, string | number | null | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

export const go = (to: string): void => { location.hash = to; };

// As go, but Back does not return to where we are.
export function go_instead(to: string): void {
  history.replaceState(null, '', to);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

// Notes in the address what has been opened inside a view, without showing the view anew.
export const note = (to: string): void => history.replaceState(null, '', to);
